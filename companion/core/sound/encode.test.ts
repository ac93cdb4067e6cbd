import { describe, expect, it } from 'vitest'
import { probe } from '../../../plugins/sdk/typescript/testing/sound.ts'
import { encodeSound, type SpeechFormat } from './encode.ts'
import { findFfmpeg } from './ffmpeg.ts'

const RATE = 24_000

async function* tone(seconds: number, step = 0.1): AsyncGenerator<Float32Array<ArrayBuffer>> {
  const length = Math.round(step * RATE)
  for (let at = 0; at < seconds * RATE; at += length) {
    yield Float32Array.from({ length }, (_, n) => 0.3 * Math.sin((2 * Math.PI * 440 * (at + n)) / RATE))
  }
}

const whole = async (format: SpeechFormat, seconds: number, find?: typeof findFfmpeg) =>
  Buffer.concat(await Array.fromAsync(encodeSound(tone(seconds), { format, rate: RATE }, find)))

describe.each([
  ['mp3', 'mp3', 0.15],
  ['opus', 'opus', 0.05],
  ['aac', 'aac', 0.2],
  ['flac', 'flac', 0.001],
  ['wav', 'pcm_s16le', 0.001],
] as const)('%s', (format, codec, tolerance) => {
  it('is the whole sound', async () => {
    const file = probe(await whole(format, 3))
    expect([file.codec, file.channels]).toEqual([codec, 1])
    expect(Math.abs(file.seconds - 3)).toBeLessThan(tolerance)
  })

  it('comes while the sound is still coming', async () => {
    const gate = Promise.withResolvers<void>()
    async function* waiting() {
      yield* tone(20)
      await gate.promise
    }
    let bytes = 0
    for await (const piece of encodeSound(waiting(), { format, rate: RATE })) {
      bytes += piece.length
      if (bytes > 5000) gate.resolve()
    }
    expect(bytes).toBeGreaterThan(5000)
  })
})

it('PCM is the samples', async () => {
  const bytes = await whole('pcm', 1)
  expect([bytes.length, bytes.readInt16LE(0)]).toEqual([2 * RATE, 0])
})

describe('without ffmpeg', () => {
  const nowhere = () => findFfmpeg('')
  it.each([
    ['mp3', 'mp3', 0.15],
    ['aac', 'aac', 0.2],
  ] as const)('%s is made in this process', async (format, codec, tolerance) => {
    const file = probe(await whole(format, 2, nowhere))
    expect(file.codec).toBe(codec)
    expect(Math.abs(file.seconds - 2)).toBeLessThan(tolerance)
  })

  it.each(['opus', 'flac'] as const)('%s says what to install', async format => {
    expect(() => encodeSound(tone(1), { format, rate: RATE }, nowhere)).toThrow(/apt install ffmpeg/)
  })

  it('fails as its sound does', async () => {
    async function* broken() {
      yield* tone(1)
      throw new Error('no more')
    }
    for (const find of [nowhere, findFfmpeg]) {
      const encoded = encodeSound(broken(), { format: 'mp3', rate: RATE }, find)
      await expect(Array.fromAsync(encoded)).rejects.toThrow('no more')
    }
  })
})
