import { describe, expect, it } from 'vitest'
import { parseMediaType, pcmType } from './media-type.ts'
import { encodePcm, PcmDecoder } from './pcm.ts'

describe('samples', () => {
  it('of 16 bits become the same bytes again', () => {
    const bytes = Buffer.alloc(65_536 * 2)
    for (let value = 0; value < 65_536; value++) bytes.writeInt16LE(value - 32_768, value * 2)
    expect(encodePcm(new PcmDecoder('s16le').push(bytes), 's16le').equals(bytes)).toBe(true)
  })

  it('are clipped, and never noise', () => {
    const bytes = encodePcm(Float32Array.of(2, -2, Number.NaN, 0.5), 's16le')
    expect([0, 2, 4, 6].map(at => bytes.readInt16LE(at))).toEqual([32_767, -32_768, 0, 16_384])
  })

  it.each([1, 3, 5, 64])('are read from slices of %d bytes, frames whole', slice => {
    const samples = Float32Array.from({ length: 40 }, (_, at) => at / 64)
    const bytes = encodePcm(samples, 'f32le')
    const decoder = new PcmDecoder('f32le', 2)
    const found: number[] = []
    for (let at = 0; at < bytes.length; at += slice) {
      const part = decoder.push(bytes.subarray(at, at + slice))
      expect(part.length % 2).toBe(0)
      found.push(...part)
    }
    decoder.end()
    expect(found).toEqual([...samples])
  })

  it('that are cut are told', () => {
    const decoder = new PcmDecoder('s16le', 2)
    decoder.push(Buffer.alloc(6))
    expect(() => decoder.end()).toThrow('2 bytes are left over')
  })
})

describe('media types', () => {
  it('tell what samples are like', () => {
    expect(pcmType(parseMediaType('Audio/PCM; Rate=24000;channels=1'))).toEqual({
      rate: 24_000,
      channels: 1,
      format: 's16le',
    })
    expect(pcmType(parseMediaType('audio/pcm;rate=8000;channels=2;format=f32le')).format).toBe('f32le')
  })

  it.each([
    'audio/pcm',
    'audio/pcm;rate=0;channels=1',
    'audio/pcm;rate=1;channels=1;format=u8',
    'text/plain',
    'pcm',
    'a/b;c',
  ])('that are of no use are refused: %s', text => {
    expect(() => pcmType(parseMediaType(text))).toThrow(expect.objectContaining({ code: 'BAD_TYPE' }))
  })
})
