import { describe, expect, it } from 'vitest'
import { trimSilence } from './trim.ts'

const RATE = 24_000
const tone = (seconds: number) => Float32Array.from({ length: seconds * RATE }, (_, i) => 0.3 * Math.sin(i / 9))

function padded(before: number, after: number): Float32Array {
  const sound = tone(1)
  const all = new Float32Array(sound.length + (before + after) * RATE)
  all.set(sound, before * RATE)
  return all
}

describe('trimSilence', () => {
  it('cuts long silence at both ends and keeps a little', () => {
    const { samples, lead } = trimSilence(padded(0.5, 0.6), RATE)
    expect(samples.length / RATE).toBeGreaterThan(1.05)
    expect(samples.length / RATE).toBeLessThan(1.13)
    expect(lead).toBeGreaterThan(0.44)
    expect(lead).toBeLessThan(0.5)
  })

  it('keeps every sample of the sound itself', () => {
    const source = padded(0.5, 0.6)
    const { samples, lead } = trimSilence(source, RATE)
    const from = Math.round(lead * RATE)
    expect(samples.slice(800, 20_000)).toEqual(source.slice(from + 800, from + 20_000))
  })

  it('ends in silence, so that a seam does not click', () => {
    const { samples } = trimSilence(tone(0.5), RATE)
    expect(Math.abs(samples[0]!)).toBeLessThan(0.001)
    expect(Math.abs(samples.at(-1)!)).toBeLessThan(0.001)
  })

  it('makes nothing of silence', () => {
    expect(trimSilence(new Float32Array(RATE), RATE)).toEqual({ samples: new Float32Array(0), lead: 0 })
    expect(trimSilence(new Float32Array(0), RATE).samples).toHaveLength(0)
  })
})
