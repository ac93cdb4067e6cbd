import { describe, expect, it } from 'vitest'
import type { SoundChunk } from '#protocol/transcribe.ts'
import { caption } from './fixtures.ts'
import { createSoundQueue, MOST_BEHIND } from './sound-queue.ts'
import { lengthOf, transcribe } from './transcribing.ts'

const RATE = 100
/** Chunks of a second, each sample the second that it belongs to. */
async function* seconds(count: number): AsyncGenerator<SoundChunk> {
  for (let at = 0; at < count; at++) {
    yield { samples: new Float32Array(RATE).fill(at), sampleRate: RATE, channels: 1 }
  }
}

describe('sound of which a part was read before', () => {
  async function run(skip: number) {
    const given: number[] = []
    const tapped: number[] = []
    const done: number[] = []
    const heard = transcribe({
      transcriber: {
        async *transcribe(sound, options) {
          let at = 0
          for await (const chunk of sound) {
            given.push(...chunk.samples)
            at += lengthOf(chunk)
            options?.onProgress?.({ done: at })
          }
          yield caption('Word', 0)
        },
      },
      sound: seconds(4),
      skip,
      lang: 'en-us',
      run: { onProgress: progress => done.push(progress.done) },
      tap: async chunk => void tapped.push(lengthOf(chunk)),
    })
    const captions = []
    for await (const { caption, offset } of heard) captions.push(caption.start + offset)
    return { given, tapped, done, captions }
  }

  it('is given from there on, to the sample, and told of in seconds of the whole', async () => {
    const { given, tapped, done, captions } = await run(1.5)
    expect(given.length).toBe(2.5 * RATE)
    expect(given[0]).toBe(1)
    expect(given[RATE / 2]).toBe(2)
    expect(tapped).toEqual([1, 1, 1, 1])
    expect(done).toEqual([1, 2, 3, 4])
    expect(captions).toEqual([1.5])
  })

  it('is given whole when nothing was read, and not at all when everything was', async () => {
    expect((await run(0)).given.length).toBe(4 * RATE)
    expect((await run(4)).given).toEqual([])
  })
})

describe('sound that waits', () => {
  const chunk = (length: number): SoundChunk => ({
    samples: new Float32Array(length * RATE),
    sampleRate: RATE,
    channels: 1,
  })
  const read = async (sound: AsyncIterable<SoundChunk>) => {
    let all = 0
    for await (const part of sound) all += lengthOf(part)
    return all
  }

  it('comes in order to whoever waits for it, and ends', async () => {
    const queue = createSoundQueue()
    const reading = read(queue.sound)
    for (let at = 0; at < 5; at++) {
      await Promise.resolve()
      expect(queue.push(chunk(1))).toBe(true)
    }
    queue.end()
    expect(await reading).toBe(5)
    expect(queue.overflowed).toBe(false)
    expect(queue.push(chunk(1))).toBe(false)
  })

  it('is held up to a limit; past it the queue ends with what it has', async () => {
    const queue = createSoundQueue()
    expect(queue.push(chunk(MOST_BEHIND))).toBe(true)
    expect(queue.overflowed).toBe(false)
    expect(queue.push(chunk(0.01))).toBe(false)
    expect(queue.overflowed).toBe(true)
    expect(await read(queue.sound)).toBe(MOST_BEHIND)
  })
})
