import { beforeEach, describe, expect, it } from 'vitest'
import { SeamError } from '#protocol/errors.ts'
import type { PcmChunk } from '#protocol/pcm.ts'
import type { Segment, SpeechEngine } from '#protocol/speech.ts'
import type { Heard, Player } from '../../audio/sink.ts'
import { memoryPcmStore } from '../../storage/pcm-memory.ts'
import type { PcmStore } from '../../storage/types.ts'
import type { Studio, StudioSpeech } from '../studio.ts'
import { createNarrator, type Narrator } from './narrator.ts'
import { buildScript, type Script } from './script.ts'

const RATE = 24_000

/** An engine whose sound tells which sentence it is: half a second a word, in two chunks. */
function speechOf(spoken: string[], fail: (text: string) => SeamError | undefined = () => undefined): StudioSpeech {
  const engine: SpeechEngine = {
    info: { id: 'test', name: 'Test', version: '1', languages: ['en-us'], sampleRate: RATE },
    supports: () => true,
    load: async () => {},
    voices: async () => [],
    close: async () => {},
    async *speak(segments) {
      for await (const segment of segments) {
        spoken.push(segment.text)
        const failure = fail(segment.text)
        if (failure) throw failure
        yield* chunksOf(segment)
      }
    },
  }
  return {
    ...engine,
    report: undefined,
    elsewhere: 'unwanted',
    watch: () => () => {},
    analyse: () => Promise.reject(),
    bulk: async () => engine,
    infoOf: () => engine.info,
  }
}

function* chunksOf(segment: Segment): Generator<PcmChunk> {
  const words = [...segment.text.matchAll(/\S+/g)].map((match, index) => ({
    text: match[0],
    from: match.index,
    to: match.index + match[0].length,
    start: index * 0.5,
    end: (index + 1) * 0.5,
  }))
  const half = Math.ceil(words.length / 2)
  for (const [part, last] of [
    [words.slice(0, half), false],
    [words.slice(half), true],
  ] as const) {
    const samples = new Float32Array(part.length * 0.5 * RATE).fill(0.1)
    yield { samples, sampleRate: RATE, channels: 1, segment: segment.id, at: part[0]?.start ?? 0, last, words: part }
  }
}

interface Written {
  readonly segment: string
  readonly at: number
  readonly seconds: number
}

/** A player that hears everything at once, and remembers what it was given. */
function playerOf(written: Written[]): Player {
  let heard: Heard | undefined
  return {
    state: 'playing',
    underruns: 0,
    shared: true,
    rate: 1,
    volume: 1,
    play: async () => {},
    pause: () => {},
    watch: () => () => {},
    close: async () => {},
    flush: async () => {},
    writeSilence: async () => {},
    interrupt: () => heard,
    get heard() {
      return heard
    },
    async write({ segment, at, samples, sampleRate }) {
      written.push({ segment, at, seconds: samples.length / sampleRate })
      heard = { segment, at: at + samples.length / sampleRate }
    },
  }
}

const scriptOf = (paragraphs: readonly string[], previous?: Script) =>
  buildScript(
    {
      id: 'p',
      title: '',
      createdAt: '',
      updatedAt: '',
      revision: 1,
      settings: {
        lang: 'en-us',
        engine: 'test',
        voice: [{ id: 'a', weight: 1 }],
        speed: 1,
        pauses: { sentence: 0.3, paragraph: 0.6, chapter: 1 },
      },
      lexicon: [],
      chapters: [{ id: 'c', title: '', paragraphs: paragraphs.map((text, index) => ({ id: `${index}`, text })) }],
    },
    () => ({ id: 'test', name: 'Test', version: '1', languages: ['en-us'], sampleRate: RATE }),
    previous,
  )

describe('narrator', () => {
  let spoken: string[]
  let written: Written[]
  let pcm: PcmStore
  let narrator: Narrator
  const open = (fail?: (text: string) => SeamError | undefined) => {
    const studio = { pcm, speech: speechOf(spoken, fail), player: async () => playerOf(written) } as unknown as Studio
    narrator = createNarrator(studio)
    return narrator
  }
  const idle = () => expect.poll(() => narrator.state).toBe('idle')

  beforeEach(() => {
    spoken = []
    written = []
    pcm = memoryPcmStore()
  })

  it('plays sentences in order, each made once, and keeps them', async () => {
    const script = await scriptOf(['One two three. Four five six.', 'Seven eight nine.'])
    open().setScript(script)
    await narrator.play({ sentence: 0 })
    await idle()
    expect(spoken).toEqual(['One two three.', 'Four five six.', 'Seven eight nine.'])
    expect(written.map(({ segment }) => script.indexOf(segment))).toEqual([0, 0, 1, 1, 2, 2])
    expect(await pcm.which(script.sentences.map(({ key }) => key))).toHaveProperty('size', 3)
  })

  it('makes nothing again that is kept', async () => {
    const script = await scriptOf(['One two three. Four five six.'])
    open().setScript(script)
    await narrator.play({ sentence: 0 })
    await idle()
    const before = written.reduce((sum, { seconds }) => sum + seconds, 0)
    written.length = 0
    await narrator.play({ sentence: 0 })
    await idle()
    expect(spoken).toHaveLength(2)
    expect(written.reduce((sum, { seconds }) => sum + seconds, 0)).toBeCloseTo(before)
  })

  it('starts at a word, whether the sentence is kept or not', async () => {
    const script = await scriptOf(['One two three four.'])
    for (const again of [false, true]) {
      written.length = 0
      if (!again) open().setScript(script)
      await narrator.play({ sentence: 0, offset: 8 })
      await idle()
      expect(written[0]!.at).toBeCloseTo(1)
      expect(written.reduce((sum, { seconds }) => sum + seconds, 0)).toBeCloseTo(1)
    }
  })

  it('lets another voice be heard that stands in, and keeps its sound for nobody’s own', async () => {
    const script = await scriptOf(['One two. Three four.'])
    const speech = speechOf(spoken)
    const standIn: StudioSpeech = {
      ...speech,
      async *speak(segments, run) {
        for await (const chunk of speech.speak(segments, run)) yield { ...chunk, standIn: true }
      },
    }
    narrator = createNarrator({ pcm, speech: standIn, player: async () => playerOf(written) } as unknown as Studio)
    narrator.setScript(script)
    await narrator.play({ sentence: 0 })
    await idle()
    expect(narrator.failure).toBeUndefined()
    expect(new Set(written.map(({ segment }) => script.indexOf(segment)))).toEqual(new Set([0, 1]))
    expect(await pcm.which(script.sentences.map(({ key }) => key))).toHaveProperty('size', 0)

    // What was made well before is not given up for it.
    const [first] = script.sentences
    await pcm.put(first!.key, [...chunksOf(first!.segment)])
    await expect(narrator.rerender(first!)).rejects.toThrow('Another voice stood in')
    expect(await pcm.has(first!.key)).toBe(true)
  })

  it('tries once more after a worker died, and then tells why it stopped', async () => {
    let deaths = 1
    const dead = () => new SeamError('engine', 'The worker died.', { retryable: true })
    const script = await scriptOf(['One two.'])
    open(() => (deaths-- > 0 ? dead() : undefined)).setScript(script)
    await narrator.play({ sentence: 0 })
    await idle()
    expect(narrator.failure).toBeUndefined()
    expect(spoken).toEqual(['One two.', 'One two.'])

    open(dead).setScript(await scriptOf(['Three four.']))
    await expect(narrator.play({ sentence: 0 })).rejects.toThrow('The worker died.')
    expect(narrator.failure?.code).toBe('engine')
  })

  it('goes on speaking when the disk is full, and says so', async () => {
    pcm = { ...pcm, put: () => Promise.reject(new SeamError('quota', 'No room.')) }
    open().setScript(await scriptOf(['One two. Three four.']))
    await narrator.play({ sentence: 0 })
    await idle()
    expect(narrator.failure?.code).toBe('quota')
    expect(written.reduce((sum, { seconds }) => sum + seconds, 0)).toBeCloseTo(2)
  })

  it('makes all that is missing, shares what repeats, and stops when told', async () => {
    const script = await scriptOf(['One two. Same same.', 'Same same. Three four.'])
    open().setScript(script)
    const steps: number[] = []
    await narrator.renderAll({ onProgress: ({ done }) => steps.push(done) })
    expect(spoken.toSorted()).toEqual(['One two.', 'Same same.', 'Three four.'])
    expect(steps.at(-1)).toBe(3)
    expect(script.sentences.map(sentence => narrator.stateOf(sentence))).toEqual(['ready', 'ready', 'ready', 'ready'])

    const abort = new AbortController()
    abort.abort(new SeamError('cancelled', 'Cancelled.'))
    narrator.setScript(await scriptOf(['Five six.']))
    await expect(narrator.renderAll({ signal: abort.signal })).rejects.toThrow('Cancelled.')
  })

  it('has nothing to say about nothing', async () => {
    open().setScript(await scriptOf(['']))
    await expect(narrator.play()).rejects.toThrow('There is nothing to read here yet.')
  })
})

describe('buildScript', () => {
  it('names sound by what makes it: an edit changes one sentence, a pause none', async () => {
    const first = await scriptOf(['One two. Three four.', 'Five six.'])
    const edited = await scriptOf(['One two. Three more.', 'Five six.'], first)
    const keys = ({ sentences }: Script) => sentences.map(({ key }) => key)
    expect(keys(edited).filter(key => !keys(first).includes(key))).toHaveLength(1)
    expect(edited.sentences[2]).toBe(first.sentences[2])
  })

  it('keeps the ids of sentences whose neighbours change', async () => {
    const first = await scriptOf(['One two. Three four.'])
    const longer = await scriptOf(['A new one. One two. Three four.'], first)
    expect(longer.sentences.slice(1).map(({ id }) => id)).toEqual(first.sentences.map(({ id }) => id))
  })

  it('finds the sentence at a place', async () => {
    const script = await scriptOf(['One two. Three four.', 'Five.'])
    expect([script.at('0', 0), script.at('0', 8), script.at('0', 12), script.at('1', 0), script.at('1', 99)]).toEqual([
      0, 1, 1, 2, -1,
    ])
  })
})
