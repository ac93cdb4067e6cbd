import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { partnerOf } from '#dialogue/personas/partner.ts'
import { systemClock } from '#dialogue/clock.ts'
import { Conversation } from '#dialogue/conversation.ts'
import { PROMPT_BUDGET } from '#dialogue/history.ts'
import { INCLUDED_PERSONAS } from '#dialogue/personas/included.ts'
import { greetingsOf } from '#dialogue/personas/prompt/prompt.ts'
import { estimateTokens, MESSAGE_TOKENS } from '#dialogue/personas/prompt/tokens.ts'
import type { KokoroEngine } from '#engine/speech/kokoro/engine.ts'
import type { DialogueEvent, Turn } from '#protocol/dialogue.ts'
import type { LanguageModel } from '#protocol/language.ts'
import type { PcmChunk } from '#protocol/pcm.ts'
import type { Persona } from '#protocol/personas.ts'
import type { Run } from '#protocol/run.ts'
import type { Segment, SpeechEngine } from '#protocol/speech.ts'
import { loadSegmenter } from '#text/segment/segmenter.ts'
import type { AskedRequest } from '../../../tests/support/language-scene.ts'
import { startLanguageServer, type LanguageServer } from '../../../tests/support/language-server.ts'
import { modelsFolder } from '../../../tests/support/models.ts'
import { LanguageProviders } from '../language/providers.ts'
import { openSpeech } from '../speech.ts'
import { BROKEN, replyTo, TALKS } from './testing/talks.ts'
import { QuickLoudspeaker } from './testing/loudspeaker.ts'

// The five, as they are talked with: the product's dialogue and prompts, its way to a server, and its voice.

vi.setConfig({ testTimeout: 120_000 })

const USER = 'Sam'
let folder: string
let server: LanguageServer
let model: LanguageModel
let kokoro: KokoroEngine
const segmenter = await loadSegmenter()

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'voxloom-ten-turns-'))
  server = await startLanguageServer()
  const providers = new LanguageProviders(folder)
  providers.put('box', { preset: 'other', name: 'Box', base: server.openAi, model: 'llama3.2:3b' })
  model = providers.open('box')
  kokoro = openSpeech({ models: modelsFolder })
})
afterAll(async () => {
  await kokoro.close()
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

const forUser = (text: string) => text.replaceAll('{{user}}', USER)
const loreOf = ({ lorebook }: Persona) =>
  new Map(lorebook!.entries.map(({ name, content }) => [name!, forUser(content.replace(/^@@.*\n/, ''))]))
const whole = (messages: AskedRequest['messages']) => messages.map(({ content }) => content).join('\n')

const made = new Map<string, readonly PcmChunk[]>()

/** What was said in the same way before is not made anew. */
async function* soundOf(segment: Segment, run?: Run): AsyncGenerator<PcmChunk> {
  const { id, voice, speed, text } = segment
  const key = JSON.stringify([voice, speed, text])
  const before = made.get(key)
  if (before) return yield* before.map(chunk => ({ ...chunk, segment: id, samples: chunk.samples.slice() }))
  async function* only() {
    yield segment
  }
  const chunks: PcmChunk[] = []
  for await (const chunk of kokoro.speak(only(), run)) {
    chunks.push({ ...chunk, samples: chunk.samples.slice() })
    yield chunk
  }
  made.set(key, chunks)
}

/** A talk that goes on for as long as a test wants. */
class Talk {
  readonly sink = new QuickLoudspeaker()
  /** What the voice was asked to say, and how. */
  readonly spoken: Segment[] = []
  readonly conversation: Conversation
  readonly #events: AsyncIterator<DialogueEvent | { readonly type: 'EventsDropped' }>

  constructor(persona: Persona) {
    this.conversation = new Conversation({
      sink: this.sink,
      ears: { listen() {}, finish: () => Promise.resolve(), taken: 0 },
      clock: systemClock,
      segmenter,
      partner: this.#partner(persona),
    })
    this.#events = this.conversation.events()
  }

  become(persona: Persona): void {
    this.conversation.partner = this.#partner(persona)
  }

  async greet(persona: Persona): Promise<Turn> {
    this.conversation.say(greetingsOf(persona, { user: USER })[0]!)
    return this.#over()
  }

  /** Says something, and hears the answer. @returns the turn, and what the model was sent */
  async say(text: string, reply: string): Promise<{ turn: Turn; request: AskedRequest }> {
    server.play({ tokens: reply.match(/\S+\s*/g)! })
    this.conversation.write(text)
    const turn = await this.#over()
    return { turn, request: server.requests.at(-1)! }
  }

  #partner(persona: Persona) {
    const { spoken } = this
    const speech: SpeechEngine = {
      ...kokoro,
      async *speak(segments, run) {
        for await (const segment of segments) {
          spoken.push(segment)
          yield* soundOf(segment, run)
        }
      },
    }
    return partnerOf(persona, model, speech, USER)
  }

  async #over(): Promise<Turn> {
    for (;;) {
      const { value } = await this.#events.next()
      if (value?.type === 'TurnComplete') return value.result
      if (value?.type === 'DialogueFailed') throw new Error(value.error.message)
    }
  }
}

/** Who is told to the model: this persona, with just this lore, and nothing of any other. */
function expectPersona({ messages, options }: AskedRequest, persona: Persona, lore: readonly string[]): void {
  const all = whole(messages)
  expect(messages[0]).toMatchObject({ role: 'system' })
  expect(messages[0]!.content.startsWith(forUser(persona.prompt))).toBe(true)
  expect(options['temperature']).toBe(persona.temperature)
  if (persona.postHistory) expect(messages.at(-1)).toEqual({ role: 'system', content: persona.postHistory })
  for (const each of INCLUDED_PERSONAS) {
    for (const [name, content] of loreOf(each)) {
      const isTold = each === persona && lore.includes(name)
      expect([name, all.includes(content)]).toEqual([name, isTold])
    }
    if (each === persona) continue
    expect(all).not.toContain(forUser(each.prompt))
    if (each.postHistory) expect(all).not.toContain(each.postHistory)
  }
  const tokens = messages.reduce((sum, { content }) => sum + estimateTokens(content) + MESSAGE_TOKENS, 0)
  expect(tokens).toBeLessThanOrEqual(PROMPT_BUDGET)
}

const talkOf = ({ messages }: AskedRequest) => messages.filter(({ role }) => role !== 'system')

/** The sound of the same words in each one's own voice. */
const last = new Map<string, Float32Array>()

describe.each(INCLUDED_PERSONAS.map(persona => [persona.name, persona] as const))('%s', (_, persona) => {
  it('is held through ten turns, to the word that was heard', async () => {
    const talk = new Talk(persona)
    const greeting = greetingsOf(persona, { user: USER })[0]!
    expect(await talk.greet(persona)).toMatchObject({ outcome: 'complete', reply: { heard: greeting, unheard: '' } })
    expect(talk.spoken.map(({ text }) => text).join(' ')).toBe(greeting)

    const history = [{ role: 'assistant', content: greeting }]
    for (const [at, [said, ...lore]] of TALKS[persona.id]!.entries()) {
      const isBroken = at === BROKEN.turn
      if (isBroken) talk.sink.stopAt(BROKEN.word, () => talk.conversation.interrupt())
      const { turn, request } = await talk.say(said, replyTo(at))
      history.push({ role: 'user', content: said })
      expect(talkOf(request)).toEqual(history)
      expectPersona(request, persona, lore)
      const heard = isBroken ? BROKEN.heard : replyTo(at)
      expect(turn).toMatchObject({ outcome: isBroken ? 'interrupted' : 'complete', reply: { heard } })
      history.push({ role: 'assistant', content: isBroken ? BROKEN.told : heard })
    }

    const { voice, speed, lang } = persona
    for (const segment of talk.spoken) expect(segment).toMatchObject({ voice, speed, lang })
    last.set(persona.id, Float32Array.from([...talk.sink.played.values()].at(-1)!.flatMap(piece => [...piece])))
    talk.conversation.close()
  })
})

describe('the five', () => {
  it('say the same words in five voices', () => {
    expect(last.size).toBe(INCLUDED_PERSONAS.length)
    const sounds = [...last.values()]
    expect(sounds.every(samples => samples.some(sample => Math.abs(sample) > 0.05))).toBe(true)
    // No two are the same voice at another pace: the very first tenths of a second differ.
    const begins = sounds.map(samples => samples.slice(0, 4_800).join())
    expect(new Set(begins).size).toBe(INCLUDED_PERSONAS.length)
  })

  it('take each other’s place in one talk, and leave nothing of themselves but what was said', async () => {
    const [first] = INCLUDED_PERSONAS
    const talk = new Talk(first!)
    const history: { role: string; content: string }[] = []
    for (const persona of INCLUDED_PERSONAS) {
      talk.become(persona)
      // The words that call up the lore of whoever was there before.
      for (const said of ['The restaurant, and my salary.', 'Good.', 'And so on.']) {
        const before = talk.spoken.length
        const { request } = await talk.say(said, 'I see.')
        history.push({ role: 'user', content: said })
        expect(talkOf(request)).toEqual(history)
        expectPersona(request, persona, LORE_OF_SWITCH[persona.id]?.(said) ?? [])
        const { voice, speed, lang } = persona
        for (const segment of talk.spoken.slice(before)) expect(segment).toMatchObject({ voice, speed, lang })
        history.push({ role: 'assistant', content: 'I see.' })
      }
    }
    talk.conversation.close()
  })

  it('stay whole when somebody talks for half an hour, and the oldest turns give way', async () => {
    const persona = INCLUDED_PERSONAS.find(({ id }) => id === 'included:wren')!
    const talk = new Talk(persona)
    const long = 'So I went on and on about the garden. '.repeat(400).trim()
    await talk.say('My name is Kim.', 'I see.')
    await talk.say('I like rain.', 'I see.')
    const { request } = await talk.say(long, 'I see.')
    expectPersona(request, persona, [])
    const told = talkOf(request)
    expect(told.at(-1)!.content.endsWith('about the garden.')).toBe(true)
    expect(whole(told).includes('Kim')).toBe(false)
    talk.conversation.close()
  })
})

/** Nora’s and Marcus’s lore is called up by the same sentence, each in its own turn of the talk. */
const LORE_OF_SWITCH: Readonly<Record<string, (said: string) => string[]>> = {
  'included:nora': () => ['Role play'],
  'included:marcus': said => (said === 'And so on.' ? [] : ['Pay']),
}
