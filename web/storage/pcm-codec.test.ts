import { describe, expect, it } from 'vitest'
import { decodePcm, encodePcm, joinChunks, MAX_HEADER_BYTES } from './pcm-codec.ts'
import { tone } from './testing/tone.ts'

describe('encodePcm', () => {
  it('keeps sound within half a step of 16 bits, and words as they are', () => {
    const { samples, sampleRate, words } = tone('s', 4_801)
    const back = decodePcm(encodePcm({ samples, sampleRate, words: words! }))!
    expect(back.sampleRate).toBe(24_000)
    expect(back.words).toEqual(words)
    expect(back.samples).toHaveLength(4_801)
    expect(samples.every((sample, index) => Math.abs(sample - back.samples[index]!) <= 0.5 / 32_768 + 1e-9)).toBe(true)
  })

  it('is the same bytes when encoded again', () => {
    const words = [{ text: 'a“é🙂', from: 0, to: 5, start: 0, end: 0.1 }]
    const samples = Float32Array.of(-1, -2, 1, 2, 0, 0.5, Number.NaN, 1e-9)
    const bytes = encodePcm({ samples, sampleRate: 24_000, words })
    const back = decodePcm(bytes)!
    expect(encodePcm(back)).toEqual(bytes)
    expect([...back.samples]).toEqual([-1, -1, 32_767 / 32_768, 32_767 / 32_768, 0, 0.5, 0, 0])
  })

  it('takes words up to the limit, and refuses one byte more', () => {
    const words = (length: number) => [{ text: 'x'.repeat(length), from: 0, to: 1, start: 0, end: 1 }]
    const samples = new Float32Array(2)
    const overhead = headerLength(encodePcm({ samples, sampleRate: 24_000, words: words(1_000_000) })) - 1_000_000
    const largest = MAX_HEADER_BYTES - overhead
    const file = encodePcm({ samples, sampleRate: 24_000, words: words(largest) })
    expect(headerLength(file)).toBe(MAX_HEADER_BYTES)
    expect(decodePcm(file)?.samples).toHaveLength(2)
    expect(() => encodePcm({ samples, sampleRate: 24_000, words: words(largest + 1) })).toThrow('too much room')
  })
})

describe('decodePcm', () => {
  const { samples, sampleRate, words } = tone('s', 1_000)
  const good = encodePcm({ samples, sampleRate, words: words! })

  it('sees every single cut', () => {
    for (let length = 0; length < good.length; length += 7) expect(decodePcm(good.slice(0, length))).toBeUndefined()
    expect(decodePcm(good.slice(0, -1))).toBeUndefined()
    expect(decodePcm(Uint8Array.of(...good, 0))).toBeUndefined()
  })

  it('sees a flipped bit in the sound', () => {
    const bad = good.slice()
    bad[good.length - 500]! ^= 4
    expect(decodePcm(bad)).toBeUndefined()
    expect(decodePcm(good)).toBeDefined()
  })

  it.each(['null', '{}', '[]', '{"sampleRate":0,"samples":0,"crc32":0,"words":[]}', 'x', '{"words":[{"text":1}]}'])(
    'refuses the header %s',
    header => {
      const json = new TextEncoder().encode(header)
      const file = new Uint8Array(8 + json.length)
      file.set(good.subarray(0, 4))
      new DataView(file.buffer).setUint32(4, json.length, true)
      file.set(json, 8)
      expect(decodePcm(file)).toBeUndefined()
    },
  )
})

describe('joinChunks', () => {
  it('puts chunks in a row and mixes stereo down', () => {
    const first = { ...tone('s', 3), last: false }
    const stereo = { ...first, channels: 2 as const, samples: Float32Array.of(1, 0, 0.5, 0.5), last: true, words: [] }
    const pcm = joinChunks([first, stereo])
    expect([...pcm.samples.slice(3)]).toEqual([0.5, 0.5])
    expect(pcm.samples).toHaveLength(5)
    expect(pcm.words).toEqual(first.words)
  })

  it('refuses what is not one whole segment', () => {
    const chunk = tone('s', 3)
    expect(() => joinChunks([])).toThrow('no chunks')
    expect(() => joinChunks([{ ...chunk, last: false }])).toThrow('whole segments')
    expect(() => joinChunks([chunk, chunk])).toThrow('whole segments')
    expect(() => joinChunks([{ ...chunk, last: false, sampleRate: 16_000 }, chunk])).toThrow('sample rate')
    expect(() => joinChunks([{ ...chunk, last: false, segment: 'other' }, chunk])).toThrow('its id')
  })
})

function headerLength(file: Uint8Array<ArrayBuffer>): number {
  return new DataView(file.buffer).getUint32(4, true)
}
