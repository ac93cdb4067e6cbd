import type { PcmChunk } from '#protocol/pcm.ts'

/** A sine of 220 Hz at 24 kHz, one word long. */
export function tone(segment: string, length: number): PcmChunk {
  const samples = Float32Array.from({ length }, (_, index) => Math.sin((index * 2 * Math.PI * 220) / 24_000) * 0.5)
  const words = [{ text: 'la', from: 0, to: 2, start: 0, end: length / 24_000 }]
  return { samples, sampleRate: 24_000, channels: 1, segment, at: 0, last: true, words }
}
