import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { SessionInfo } from '#protocol/sessions.ts'
import type { Scene } from '../../tests/support/language-scene.ts'
import { startLanguageServer, type LanguageServer } from '../../tests/support/language-server.ts'
import { modelsFolder } from '../../tests/support/models.ts'
import { openRecogniser } from '../../tests/support/recogniser.ts'
import { recording } from '../../tests/support/recordings.ts'
import { wordsOf } from '../../tests/support/words.ts'
import { LEAD } from '../core/sessions/limits.ts'
import { openMessageCheck } from './asyncapi-check.ts'
import { openSessionFixture, type Client, type SessionFixture, type Told } from './fixture-session.ts'

// A real daemon with real weights, spoken to over a real socket; the language model alone says what it is told to.

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

/** Seconds of one message: what a microphone gives. */
const CHUNK = 0.1

let fixture: SessionFixture
let expectMessage: ReturnType<typeof openMessageCheck>
beforeAll(async () => {
  fixture = await openSessionFixture(modelsFolder)
  expectMessage = openMessageCheck((await fixture.call('GET', '/asyncapi.json')).json)
})
const servers: LanguageServer[] = []
afterAll(() => Promise.all([fixture.close(), ...servers.map(server => server.close())]))

/** A model that answers so whenever it is asked: it may be asked before a turn is over. */
async function modelThat(id: string, otherwise: Scene): Promise<LanguageServer> {
  const server = await startLanguageServer({ otherwise })
  servers.push(server)
  const draft = { preset: 'other', name: id, base: server.openAi, model: 'llama3.2:3b' }
  expect((await fixture.call('PUT', `/language/providers/${id}`, draft)).status).toBe(200)
  return server
}

const bytesOf = (samples: Float32Array) => new Uint8Array(samples.slice().buffer)

/** Sends a recording, as fast as it is taken. */
async function send({ socket }: Client, name: 'sentence') {
  const { samples, sampleRate } = await recording(name)
  const size = CHUNK * sampleRate
  for (let at = 0; at < samples.length; at += size) socket.send(bytesOf(samples.slice(at, at + size)))
}

describe('a talk over the socket', () => {
  it('hears a recording, answers it, and tells of both in the order that is promised', async () => {
    const model = await modelThat('kettle', { tokens: ['The kettle ', 'is ', 'boiling ', 'now.'] })
    const { sampleRate } = await recording('sentence')
    const client = await fixture.connect(`spoken?mode=push-to-talk&model=kettle&input_rate=${sampleRate}`)
    client.say('start_recording')
    await send(client, 'sentence')
    client.say('stop_recording')
    await client.until('turn_complete')
    await vi.waitFor(() => expect(client.told.at(-1)).toMatchObject({ type: 'state', state: 'idle' }))
    for (const message of client.told) if (message.type !== 'sound') expectMessage(`session.${message.type}`, message)

    const transcript = client.of('transcription').filter(message => message.is_final)
    expect(transcript).toHaveLength(1)
    expect(wordsOf(transcript[0]!.text).join(' ')).toMatch(/^i do.* very well$/)
    expect(model.requests.at(-1)!.messages.at(-1)).toEqual({ role: 'user', content: transcript[0]!.text })
    expect(client.of('llm_response').at(-1)).toMatchObject({
      text: 'The kettle is boiling now.',
      is_final: true,
    })
    const { result } = client.of('turn_complete')[0]!
    expect(result).toMatchObject({ outcome: 'complete', reply: { unheard: '' } })
    for (const mark of ['turnCommit', 'transcriptFinal', 'firstToken', 'firstSentence', 'firstSample'] as const) {
      expect(result.marks[mark], mark).toBeGreaterThan(0)
    }

    expectOrder(client.told, [
      ['session_started', 'recording_started'],
      ['recording_started', 'transcription'],
      ['transcription', 'llm_response'],
      ['llm_response', 'playback_started'],
      ['playback_started', 'sound'],
      ['sound', 'playback_complete'],
      ['playback_complete', 'turn_complete'],
    ])
    // What was sent is what the reply says.
    const { transcribe } = await openRecogniser()
    expect(wordsOf(await transcribe(client.sound(), 24_000)).join(' ')).toMatch(/kettle is boiling now/)
    expectPaced(client)
    expect((await fixture.call<SessionInfo>('GET', '/sessions/spoken')).json).toMatchObject({
      turns: 1,
      connected: true,
    })
    client.end()
  })

  it('hears hands-free who speaks at the pace of a microphone, and is broken into', async () => {
    const long = 'Once upon a time there was a house by the sea. In it lived a man who told stories to the waves. '
    await modelThat('long', { tokens: [long, long, long] })
    const { samples, sampleRate } = await recording('sentence')
    const client = await fixture.connect(`free?model=long&patience=3&input_rate=${sampleRate}`)
    const size = CHUNK * sampleRate
    let from = 0
    const beat = setInterval(() => {
      const part = samples.slice(from, from + size)
      from += size
      // A microphone goes on in silence.
      client.socket.send(bytesOf(part.length === size ? part : new Float32Array(size)))
    }, CHUNK * 1000)
    await client.until('sound', 30)
    from = 0
    await client.until('playback_interrupted')
    await client.until('recording_started', 2)
    clearInterval(beat)
    const [first] = client.of('turn_complete')
    expect(first!.result).toMatchObject({ outcome: 'interrupted', user: { text: expect.stringMatching(/very well/i) } })
    const { heard, unheard } = client.of('playback_interrupted')[0]!
    expect([heard + unheard, heard.length > 0, unheard.length > 0]).toEqual([first!.result.reply!.text, true, true])
    expect(client.of('recording_started').map(({ by }) => by)).toEqual(['voice', 'barge-in'])
    // Not a sample of the reply comes after that.
    const broken = client.told.findIndex(({ type }) => type === 'playback_interrupted')
    const next = client.told.findIndex(({ type }, at) => type === 'playback_started' && at > broken)
    const between = client.told.slice(broken, next < 0 ? undefined : next)
    expect(between.filter(({ type }) => type === 'sound')).toEqual([])
    client.end()
  })

  it('stops voice, model and ears when the client goes in mid-sentence', async () => {
    const model = await modelThat('endless', {
      tokens: ['It is a long story. ', 'And it goes on. '],
      hangAfter: 2,
    })
    const spoken = vi.spyOn(fixture.speakers, 'speak')
    const { sampleRate } = await recording('sentence')
    const client = await fixture.connect(`gone?mode=push-to-talk&model=endless&input_rate=${sampleRate}`)
    // Heard, and nobody's turn: no key is down.
    await send(client, 'sentence')
    client.say('text', { text: 'Tell me.' })
    await client.until('sound')
    client.end()
    await vi.waitFor(() => expect(model.requests.every(({ isOver }) => isOver)).toBe(true), { timeout: 20_000 })
    await vi.waitFor(async () => {
      const { json } = await fixture.call<SessionInfo>('GET', '/sessions/gone')
      expect(json).toMatchObject({ connected: false, state: 'idle', turns: 1 })
    })
    expect(spoken.mock.calls.every(([, signal]) => signal!.aborted)).toBe(true)
    spoken.mockRestore()
  })

  it('gives its sound at the rate that was asked for', async () => {
    const client = await fixture.connect('rate?model=echo&output_rate=48000')
    client.say('text', { text: 'A quick brown fox.' })
    await client.until('playback_complete')
    const { transcribe } = await openRecogniser()
    expect(wordsOf(await transcribe(client.sound(), 48_000)).join(' ')).toMatch(/quick brown fox/)
    client.end()
  })
})

/** Each of the first kind stands before each of the second. */
function expectOrder(told: readonly Told[], pairs: readonly (readonly [Told['type'], Told['type']])[]): void {
  for (const [before, after] of pairs) {
    const last = before === 'llm_response' ? 'findIndex' : 'findLastIndex'
    const first = told.findIndex(({ type }) => type === after)
    expect(first, after).toBeGreaterThanOrEqual(0)
    expect(
      told[last](({ type }) => type === before),
      `${before} before ${after}`,
    ).toBeLessThan(first)
  }
}

/** Sound is never sent further ahead than is said. */
function expectPaced({ told }: Client): void {
  const sounds = told.flatMap(each => (each.type === 'sound' ? [each] : []))
  const [first] = sounds
  let seconds = 0
  let most = 0
  for (const { bytes, at } of sounds) {
    seconds += bytes.length / 4 / 24_000
    most = Math.max(most, seconds - (at - first!.at) / 1000)
  }
  expect(seconds).toBeGreaterThan(1)
  // It may be read later than it was sent, and then look early: never by more than it was late.
  expect(most).toBeLessThan(LEAD + 0.25)
}
