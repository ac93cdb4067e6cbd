import { expect, it, vi } from 'vitest'
import { SeamError } from '#protocol/errors.ts'
import type { PcmChunk } from '#protocol/pcm.ts'
import type { Segment, SpeechEngine } from '#protocol/speech.ts'
import { spokenOrRead } from './silent-speech.ts'

const segment = (id: string): Segment => ({
  id,
  text: id,
  lang: 'en-us',
  voice: [{ id: 'kokoro/af_heart', weight: 1 }],
  speed: 1,
  lexicon: [],
  pauseAfter: 0,
})
const half = (id: string, at: number, last = false): PcmChunk => ({
  samples: new Float32Array(12_000).fill(0.5),
  sampleRate: 24_000,
  channels: 1,
  segment: id,
  at,
  last,
})

/** What is heard of sentences a, b and c, by their voice and in its stead. */
async function heard(speak: SpeechEngine['speak'], run = {}) {
  const failed = vi.fn(async () => {})
  const speech = { speak } as SpeechEngine
  const replies = spokenOrRead({ speech, canSpeak: async () => true, told: () => {}, failed })
  const chunks = replies.speak(
    (async function* () {
      for (const id of 'abc') yield segment(id)
    })(),
    run,
  )
  const seen = await Array.fromAsync(chunks, each => [each.segment, each.at, each.last, each.samples[0]] as const)
  return { seen, failed }
}

it('a voice that fails leaves the rest of the reply to be read, and no sentence that it had asked for is left out', async () => {
  const { seen, failed } = await heard(async function* (segments) {
    const all = segments[Symbol.asyncIterator]()
    await all.next()
    yield half('a', 0, true)
    await all.next()
    yield half('b', 0)
    // Nobody waits for it.
    void all.next()
    throw new SeamError('engine', 'It broke.')
  })
  expect(seen).toEqual([
    ['a', 0, true, 0.5],
    ['b', 0, false, 0.5],
    ['b', 0.5, true, 0],
    ['c', 0, true, 0],
  ])
  expect(failed).toHaveBeenCalledOnce()
})

it('what is broken off is no failure', async () => {
  const stop = new AbortController()
  const broken = heard(
    // eslint-disable-next-line require-yield -- it is broken off before the first sound
    async function* () {
      stop.abort()
      throw new SeamError('cancelled', 'Broken off.')
    },
    { signal: stop.signal },
  )
  await expect(broken).rejects.toMatchObject({ code: 'cancelled' })
})
