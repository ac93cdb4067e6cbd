import { describe, expect, it } from 'vitest'
import { seeded, sine } from './fixtures.ts'
import { Resampler } from './resampler.ts'

/** All of `input` through a fresh resampler, cut where `cut` says. */
function convert(input: Float32Array, from: number, to: number, cut: () => number): Float32Array {
  const resampler = new Resampler(from, to, 1, 4096)
  const output = new Float32Array(Math.ceil((input.length * to) / from) + 8)
  let made = 0
  for (let at = 0; at < input.length;) {
    const count = Math.min(input.length - at, cut())
    const part = new Float32Array(4096 * 8)
    const got = resampler.process([input.subarray(at, at + count)], count, [part], part.length)
    output.set(part.subarray(0, got), made)
    made += got
    at += count
  }
  return output.subarray(0, made)
}

/** dB of the sine over everything that is not the sine, away from the ends. */
function signalToNoise(output: Float32Array, frequency: number, rate: number): number {
  let signal = 0
  let noise = 0
  const edge = 400
  for (let n = edge; n < output.length - edge; n++) {
    const truth = Math.sin((2 * Math.PI * frequency * n) / rate)
    signal += truth ** 2
    noise += (output[n]! - truth) ** 2
  }
  return 10 * Math.log10(signal / noise)
}

describe.each([
  [24_000, 48_000],
  [24_000, 44_100],
  [22_050, 48_000],
  [16_000, 24_000],
  [48_000, 44_100],
  [48_000, 16_000],
  [44_100, 24_000],
])('%i Hz to %i Hz', (from, to) => {
  const nyquist = Math.min(from, to) / 2

  it('keeps sines of the pass band, in amplitude and phase, 80 dB clear of everything else', () => {
    for (const frequency of [60, 440, 1000, nyquist * 0.5, nyquist * 0.8, nyquist * 0.86]) {
      const output = convert(sine(frequency, from, from / 4), from, to, () => 1000)
      expect(signalToNoise(output, frequency, to), `${frequency} Hz`).toBeGreaterThan(80)
    }
  })

  it('gives the same samples however the stream is cut', () => {
    const random = seeded(from + to)
    const input = Float32Array.from({ length: 9000 }, () => random() * 2 - 1)
    const whole = convert(input, from, to, () => 4096)
    const cut = convert(input, from, to, () => 1 + Math.floor(random() * 300))
    expect(cut.length).toBe(whole.length)
    expect(cut).toEqual(whole)
  })
})

it('stops what lies above the Nyquist frequency of the lower rate', () => {
  for (const frequency of [8_050, 9_000, 15_000]) {
    const output = convert(sine(frequency, 48_000, 24_000), 48_000, 16_000, () => 512).subarray(100)
    const loudest = output.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)
    expect(loudest, `${frequency} Hz`).toBeLessThan(1e-4)
  }
})

it('passes samples unchanged at equal rates', () => {
  const input = sine(440, 48_000, 1000)
  expect(convert(input, 48_000, 48_000, () => 100)).toEqual(input.subarray(0, 999))
})

it('says exactly how much input a block of output waits for', () => {
  const random = seeded(7)
  for (const [from, to] of [
    [24_000, 48_000],
    [24_000, 44_100],
    [48_000, 44_100],
    [48_000, 8_000],
  ] as const) {
    const resampler = new Resampler(from, to, 1, 4096)
    const output = [new Float32Array(128)]
    let fed = 0
    for (let call = 1; call <= 500; call++) {
      const frames = 1 + Math.floor(random() * 128)
      const needed = resampler.needed(frames)
      fed += needed
      const made = resampler.process([new Float32Array(needed)], needed, output, frames)
      expect(made).toBe(frames)
      expect(resampler.needed(0)).toBeGreaterThanOrEqual(0)
    }
    expect(resampler.pending).toBeLessThanOrEqual(Resampler.reach(from, to) + Math.ceil(from / to))
    expect(fed).toBeGreaterThan(0)
  }
})

it('refuses rates that it has no filter for, and those that are none', () => {
  expect(() => new Resampler(24_000, 44_101, 1, 128)).toThrow(expect.objectContaining({ code: 'unsupported' }))
  // 1,024 phases are the limit.
  expect(() => new Resampler(1023, 1024, 1, 128)).not.toThrow()
  expect(() => new Resampler(1024, 1025, 1, 128)).toThrow(expect.objectContaining({ code: 'unsupported' }))
  for (const rate of [0, -1, Number.NaN, 22_050.5, Infinity]) {
    expect(() => new Resampler(rate, 48_000, 1, 128)).toThrow(expect.objectContaining({ code: 'bad-input' }))
  }
})
