import { describe, expect, it, vi } from 'vitest'
import { SeamError } from '#protocol/errors.ts'
import type { PcmChunk } from '#protocol/pcm.ts'
import type { Segment } from '#protocol/speech.ts'
import type { CompanionStatus } from '#protocol/status.ts'
import type { CompanionSpeech } from '../companion/speech.ts'
import type { CompanionClient, CompanionState } from '../companion/types.ts'
import type { StudioSpeech } from '../features/studio.ts'
import { createStudioSpeech } from './speech.ts'

const RATE = 1000
const info = { id: 'kokoro-82m', name: 'Kokoro', version: '1', languages: ['en-us'], sampleRate: RATE }
const TEXT = 'one two three four'

/**
 * "one two three four", a quarter of a second a word, in pieces of `words` words each; every sample says which word it
 * is of, and who spoke it: 1 … 4 for the one, 11 … 14 for the other.
 */
function* sound(words: number, who: 0 | 10, lead = 0): Generator<PcmChunk> {
  const all = [...TEXT.matchAll(/\w+/g)].map(({ 0: text, index }, at) => ({
    text,
    from: index,
    to: index + text.length,
    start: lead + at / 4,
    end: lead + at / 4 + 0.2,
  }))
  for (let at = 0; at < all.length; at += words) {
    const mine = all.slice(at, at + words)
    const before = at === 0 ? lead * RATE : 0
    const samples = new Float32Array(before + (mine.length * RATE) / 4)
    mine.forEach((_, of) => samples.fill(who + at + of + 1, before + (of * RATE) / 4, before + ((of + 1) * RATE) / 4))
    const last = at + words >= all.length
    yield { samples, sampleRate: RATE, channels: 1, segment: 's', at: at === 0 ? 0 : lead + at / 4, last, words: mine }
  }
}

const segment: Segment = { id: 's', text: TEXT, lang: 'en-us', voice: [], speed: 1, lexicon: [], pauseAfter: 0 }

function studio(remoteSound: () => AsyncIterable<PcmChunk> | Iterable<PcmChunk>, wanted = true) {
  const listeners = new Set<() => void>()
  let state: CompanionState = 'paired'
  let voice: CompanionStatus['voice'] = { engine: info.id, version: info.version, ready: true, threads: 2 }
  let wish = wanted
  let onWish = () => {}
  const companion = {
    get state() {
      return state
    },
    get status() {
      return { voice } as CompanionStatus
    },
    refresh: vi.fn(async () => {}),
    watch: (listener: () => void) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close: () => {},
  } as CompanionClient
  const spokenHere = vi.fn()
  const local = {
    info,
    report: { variant: 'int8', device: 'wasm', threads: 1, realTimeFactor: 0.5 },
    watch: () => () => {},
    async *speak() {
      spokenHere()
      yield* sound(2, 10)
    },
    bulk: vi.fn(async () => ({ close: async () => {} })),
  } as unknown as StudioSpeech
  const remote = {
    speak: () => remoteSound(),
    realTimeFactor: 0.2,
    close: () => {},
  } as unknown as CompanionSpeech
  const speech = createStudioSpeech({
    local,
    remote,
    companion,
    wanted: () => wish,
    onWish: listener => (onWish = listener),
  })
  return {
    speech,
    local,
    companion,
    spokenHere,
    become(next: CompanionState, of = voice) {
      state = next
      voice = of
      listeners.forEach(listener => listener())
    },
    want(now: boolean) {
      wish = now
      onWish()
    },
    all: async () => {
      const chunks = await Array.fromAsync(
        speech.speak(
          (async function* () {
            yield segment
          })(),
        ),
      )
      return {
        words: chunks.flatMap(({ samples }) => [...samples].filter((sample, at) => sample !== samples[at - 1])),
        seconds: chunks.reduce((sum, { samples }) => sum + samples.length, 0) / RATE,
        chunks,
      }
    },
  }
}

async function* breaking(chunks: Iterable<PcmChunk>, after: number, error: Error) {
  let count = 0
  for (const chunk of chunks) {
    if (count++ === after) throw error
    yield chunk
  }
  throw error
}

const gone = new SeamError('offline', 'The companion went away.')

describe('a voice in the companion', () => {
  it('is used when it is wanted and there, and says so', async () => {
    const { speech, all, spokenHere } = studio(() => sound(2, 0))
    expect((await all()).words).toEqual([1, 2, 3, 4])
    expect(spokenHere).not.toHaveBeenCalled()
    expect(speech.elsewhere).toBe('used')
    expect(speech.report).toMatchObject({ device: 'companion', threads: 2, realTimeFactor: 0.2 })
    expect(await speech.bulk()).toHaveProperty('speak')
  })

  it.each([
    ['unwanted', 'paired', undefined, false],
    ['looking', 'connecting', undefined, true],
    ['absent', 'absent', undefined, true],
    ['absent', 'refused', undefined, true],
    ['other-version', 'paired', { engine: info.id, version: '2', ready: true, threads: 2 }, true],
    ['no-weights', 'paired', { engine: info.id, version: '1', ready: false, threads: 2 }, true],
  ] as const)('%s: the browser speaks', async (elsewhere, state, voice, wanted) => {
    const { speech, all, become, local } = studio(() => sound(2, 0), wanted)
    become(state, voice)
    expect(speech.elsewhere).toBe(elsewhere)
    expect((await all()).words).toEqual([11, 12, 13, 14])
    expect(speech.report).toBe(local.report)
    await speech.bulk()
    expect(local.bulk).toHaveBeenCalledOnce()
  })

  it.each([
    ['before its first sound', 2, 0, 0, [11, 12, 13, 14]],
    ['after two words', 2, 1, 0, [1, 2, 13, 14]],
    ['after one, in the middle of the other’s piece', 1, 1, 0, [1, 12, 13, 14]],
    ['after three', 1, 3, 0, [1, 2, 3, 14]],
    ['after a silence of its own', 1, 2, 0.5, [0, 1, 2, 13, 14]],
    ['after the last word, without saying that it was the last', 4, 1, 0, [1, 2, 3, 4]],
  ])('that goes away %s is taken over without a gap', async (_, pieces, after, lead, words) => {
    const { speech, all, companion } = studio(() => breaking(sound(pieces, 0, lead), after, gone))
    const heard = await all()
    expect(heard.words).toEqual(words)
    expect(heard.seconds).toBeCloseTo(1 + (after > 0 ? lead : 0), 6)
    // One clock from end to end, and one last chunk.
    let at = 0
    for (const chunk of heard.chunks) {
      expect(chunk.at).toBeCloseTo(at, 6)
      at += chunk.samples.length / RATE
    }
    expect(heard.chunks.at(-1)!.last).toBe(true)
    const times = heard.chunks.flatMap(chunk => chunk.words ?? [])
    expect(times.map(({ text }) => text)).toEqual(TEXT.split(' '))
    expect(times.map(({ start }) => start)).toEqual(times.map(({ start }) => start).toSorted((a, b) => a - b))
    expect(speech.elsewhere).toBe('absent')
    expect(companion.refresh).toHaveBeenCalled()
  })

  it('takes over again when it is back', async () => {
    let broken = true
    const { all, become } = studio(() => (broken ? breaking(sound(2, 0), 0, gone) : sound(2, 0)))
    expect((await all()).words).toEqual([11, 12, 13, 14])
    broken = false
    expect((await all()).words).toEqual([11, 12, 13, 14])
    become('paired')
    expect((await all()).words).toEqual([1, 2, 3, 4])
  })

  it('that lacks one voice leaves that one to the browser, and speaks the others', async () => {
    const { speech, all } = studio(() => breaking([], 0, new SeamError('not-found', 'No such weights.')))
    expect((await all()).words).toEqual([11, 12, 13, 14])
    expect(speech.elsewhere).toBe('used')
  })

  it('does not try again here what can’t be said anywhere, or was taken back', async () => {
    for (const code of ['bad-input', 'cancelled'] as const) {
      const { all, spokenHere } = studio(() => breaking([], 0, new SeamError(code, 'No.')))
      await expect(all()).rejects.toMatchObject({ code })
      expect(spokenHere).not.toHaveBeenCalled()
    }
  })

  it('tells when it changes', () => {
    const { speech, become, want } = studio(() => sound(2, 0))
    const heard = vi.fn()
    speech.watch(heard)
    become('absent')
    become('absent')
    expect(heard).toHaveBeenCalledOnce()
    want(false)
    expect(heard).toHaveBeenCalledTimes(2)
    expect(speech.elsewhere).toBe('unwanted')
  })
})
