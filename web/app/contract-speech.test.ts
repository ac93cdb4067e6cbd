import { describe, expect, it, vi } from 'vitest'
import type { ContractLight } from '#protocol/contracts.ts'
import { SeamError } from '#protocol/errors.ts'
import type { PcmChunk } from '#protocol/pcm.ts'
import type { Run } from '#protocol/run.ts'
import type { Segment, SpeechEngine, Voice } from '#protocol/speech.ts'
import { light } from '../features/contract-testing.ts'
import type { StudioSpeech } from '../features/studio.ts'
import { withContractVoices } from './contract-speech.ts'

const RATE = 24_000
const info = { id: 'own', name: 'Own', version: '7', languages: ['en-us', 'en-gb'], sampleRate: RATE }
const OWN: readonly Voice[] = [
  { id: 'us_her', name: 'Her', lang: 'en-us', gender: 'female' },
  { id: 'us_him', name: 'Him', lang: 'en-us', gender: 'male' },
  { id: 'gb_her', name: 'Her', lang: 'en-gb', gender: 'female' },
]
const voices: readonly Voice[] = [
  { id: 'bm', name: 'Bass', lang: 'en-us', gender: 'male' },
  { id: 'en', name: 'Plain', lang: 'en', gender: 'neutral' },
]
const segment = (id: string): Segment => ({
  id: 's',
  text: 'one two',
  lang: 'en-us',
  voice: [{ id, weight: 1 }],
  speed: 1,
  lexicon: [],
  pauseAfter: 0,
})

/** Half a second by a plugin, or a quarter by the page, whose words have times. */
const piece = (at: number, last = false): PcmChunk => ({
  samples: new Float32Array(RATE / 2).fill(0.5),
  sampleRate: RATE,
  channels: 1,
  segment: 's',
  at,
  last,
})

function scene(pieces: (run: Run) => AsyncIterable<PcmChunk>, first: Partial<ContractLight> = {}) {
  const listeners = new Set<() => void>()
  let lit = light('kokoro', 'tts', { offers: { voices }, version: '2', ...first })
  let up = lit.status === 'READY'
  const failed = vi.fn()
  const spoken: Segment[] = []
  let bulk: (() => Promise<SpeechEngine>) | undefined
  async function* ownVoice(segments: AsyncIterable<Segment>): AsyncGenerator<PcmChunk> {
    for await (const each of segments) {
      spoken.push(each)
      const words = [{ text: 'one', from: 0, to: 3, start: 0.1, end: 0.2 }]
      yield { ...piece(0, true), samples: new Float32Array(RATE / 4).fill(-0.5), words }
    }
  }
  const local = {
    info,
    report: undefined,
    elsewhere: 'unwanted',
    watch: () => () => {},
    voices: async () => OWN,
    load: async () => {},
    speak: ownVoice,
    bulk: async () => (bulk ? bulk() : { speak: ownVoice, close: async () => {} }),
  } as unknown as StudioSpeech
  const versions = new Map<string, string>()
  const speech = withContractVoices({
    shelf: {
      find: name => (name === lit.name ? lit : undefined),
      isUp: () => up,
      isDown: () => !up,
      of: () => [lit],
      failed: (...told) => void failed(...told),
      watch(listener) {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    },
    speak: (_, run = {}) => pieces(run),
    local,
    versions: { get: name => versions.get(name), set: (name, version) => void versions.set(name, version) },
  })
  const all = async (engine: Pick<SpeechEngine, 'speak'>, id: string, run: Run = {}) =>
    Array.fromAsync(
      engine.speak(
        (async function* () {
          yield segment(id)
        })(),
        run,
      ),
    )
  return {
    speech,
    failed,
    spoken,
    versions,
    hear: (id = 'kokoro/bm', run?: Run) => all(speech, id, run),
    export: async (id: string) => all(await speech.bulk(), id),
    withoutWeights: () => (bulk = () => Promise.reject(new SeamError('not-found', 'No weights.'))),
    light(next: Partial<ContractLight>, isUp: boolean) {
      lit = { ...lit, ...next }
      up = isUp
      listeners.forEach(listener => listener())
    },
  }
}

async function* whole() {
  yield piece(0)
  yield piece(0.5, true)
}
const broken = (code: 'engine' | 'bad-input' = 'engine', after = 1) =>
  async function* () {
    for (let n = 0; n < after; n++) yield piece(n / 2)
    throw new SeamError(code, 'The plugin broke.')
  }

describe('the voice of a plugin', () => {
  it('is among the others, and speaks itself while it is there', async () => {
    const { speech, hear, spoken } = scene(whole)
    expect((await speech.voices()).map(({ id }) => id)).toEqual([...OWN.map(({ id }) => id), 'kokoro/bm', 'kokoro/en'])
    const chunks = await hear()
    expect(chunks.map(({ at, standIn }) => [at, standIn])).toEqual([
      [0, undefined],
      [0.5, undefined],
    ])
    expect(spoken).toEqual([])
    expect(await hear('us_her')).toHaveLength(1)
  })

  it('is followed by the voice of this page that is most like it when it fails in mid-sentence, and that is marked', async () => {
    const { hear, failed, spoken } = scene(broken())
    const chunks = await hear()
    expect(spoken).toMatchObject([{ voice: [{ id: 'us_him', weight: 1 }], lang: 'en-us', text: 'one two' }])
    expect(chunks.map(({ at, last, standIn }) => [at, last, standIn])).toEqual([
      [0, false, undefined],
      [0.5, true, true],
    ])
    expect(chunks[1]!.words).toMatchObject([{ start: 0.6, end: 0.7 }])
    expect(failed).toHaveBeenCalledExactlyOnceWith('kokoro', 'voice', expect.objectContaining({ code: 'engine' }))
  })

  it('is not waited for while its light is red', async () => {
    const asked = vi.fn(whole)
    const { hear, failed } = scene(asked, { status: 'ERROR' })
    expect((await hear()).every(({ standIn }) => standIn)).toBe(true)
    expect(asked).not.toHaveBeenCalled()
    expect(failed).toHaveBeenCalledOnce()
  })

  it('is left as soon as its light goes red, though its call goes on', async () => {
    const { hear, light } = scene(async function* ({ signal }) {
      yield piece(0)
      queueMicrotask(() => light({ status: 'ERROR' }, false))
      await new Promise<void>((_, reject) => {
        signal!.addEventListener('abort', () => reject(new SeamError('cancelled', 'Cancelled.')))
      })
    })
    expect((await hear()).map(({ standIn }) => standIn)).toEqual([undefined, true])
  })

  it.each(['bad-input'] as const)('that refuses a text (%s) is not spoken for', async code => {
    const { hear, spoken } = scene(broken(code))
    await expect(hear()).rejects.toMatchObject({ code })
    expect(spoken).toEqual([])
  })

  it('that was taken back is not spoken for', async () => {
    const stop = new AbortController()
    // eslint-disable-next-line require-yield -- it is taken back before the first sound
    const { hear, failed } = scene(async function* () {
      stop.abort()
      throw new SeamError('cancelled', 'Cancelled.')
    })
    await expect(hear('kokoro/bm', { signal: stop.signal })).rejects.toMatchObject({ code: 'cancelled' })
    expect(failed).not.toHaveBeenCalled()
  })

  it('is spoken for in an export as well: the sentence from its beginning, marked, and with nothing of it twice', async () => {
    const { export: whole, failed } = scene(broken())
    expect((await whole('kokoro/bm')).map(({ at, standIn }) => [at, standIn])).toEqual([[0, true]])
    expect(failed).toHaveBeenCalledOnce()
  })

  it('is told to be away once, however many sentences that lasts: to tell it keeps it from being asked', async () => {
    const { hear, failed, light } = scene(whole, { status: 'ERROR' })
    for (let n = 0; n < 3; n++) await hear()
    expect(failed).toHaveBeenCalledOnce()
    light({ status: 'READY' }, true)
    expect((await hear()).some(({ standIn }) => standIn)).toBe(false)
    light({ status: 'ERROR' }, false)
    await hear()
    expect(failed).toHaveBeenCalledTimes(2)
  })

  it('is exported where this page has no weights; its own voices are what then is missing', async () => {
    const { export: all, withoutWeights } = scene(whole)
    withoutWeights()
    expect(await all('kokoro/bm')).toHaveLength(2)
    await expect(all('us_her')).rejects.toMatchObject({ code: 'not-found' })
  })

  it('names its sound by its version, also while the companion is away', () => {
    const { speech, light } = scene(whole)
    const voice = [{ id: 'kokoro/bm', weight: 1 }]
    expect(speech.infoOf(voice)).toMatchObject({ id: 'plugin:kokoro', version: '2', languages: ['en-us', 'en'] })
    light({ name: 'gone' }, false)
    expect(speech.infoOf(voice)).toMatchObject({ id: 'plugin:kokoro', version: '2' })
    expect(speech.infoOf([{ id: 'us_her', weight: 1 }])).toBe(info)
  })

  it('is told of when there is another, and not each time that it speaks', () => {
    const { speech, light } = scene(whole)
    const told = vi.fn()
    speech.watch(told)
    light({ offers: { voices: voices.slice(1) } }, true)
    light({ status: 'BUSY' }, true)
    expect(told).toHaveBeenCalledOnce()
  })
})
