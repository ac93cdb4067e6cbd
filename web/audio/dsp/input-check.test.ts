import { describe, expect, it } from 'vitest'
import { seeded, sine } from './fixtures.ts'
import {
  CLIPPED_WINDOWS,
  CLIPPING_WINDOWS,
  FULL_SCALE,
  InputCheck,
  NARROW_EDGE,
  NARROW_SECONDS,
  SILENT_PEAK,
  SILENT_SECONDS,
} from './input-check.ts'
import { Resampler } from './resampler.ts'

const rate = 48_000
const window = rate / 50

/** Hears `samples` in blocks as a worklet gives them. */
function hear(check: InputCheck, samples: Float32Array): InputCheck {
  for (let at = 0; at < samples.length; at += 1024) check.hear(samples.subarray(at, at + 1024))
  return check
}

const constant = (frames: number, level: number) => new Float32Array(frames).fill(level)

describe('silence', () => {
  it('is said after five seconds of it, and no sample before', () => {
    const check = hear(new InputCheck(rate), new Float32Array(SILENT_SECONDS * rate - 1))
    expect(check.trouble).toBeUndefined()
    expect(hear(check, new Float32Array(1)).trouble).toBe('silent')
    expect(hear(check, constant(1, 0.01)).trouble).toBeUndefined()
  })

  it('is what lies below −70 dBFS', () => {
    const frames = SILENT_SECONDS * rate
    // Of single precision, as samples are.
    expect(hear(new InputCheck(rate), constant(frames, SILENT_PEAK * 0.9999)).trouble).toBe('silent')
    expect(hear(new InputCheck(rate), constant(frames, SILENT_PEAK * 1.0001)).trouble).toBeUndefined()
  })
})

describe('clipping', () => {
  /** A second of quiet sound in which `count` windows have two samples at `level`. */
  function clipped(count: number, level: number, run = 2): Float32Array {
    const samples = sine(200, rate, CLIPPING_WINDOWS * window, 0.1)
    for (let n = 0; n < count; n++) samples.fill(level, n * window + 100, n * window + 100 + run)
    return samples
  }

  it('is said when a tenth of the last two seconds was cut off, and until none is', () => {
    expect(hear(new InputCheck(rate), clipped(CLIPPED_WINDOWS - 1, 1)).trouble).toBeUndefined()
    const check = hear(new InputCheck(rate), clipped(CLIPPED_WINDOWS, 1))
    expect(check.trouble).toBe('clipping')
    // The windows that were cut off are the oldest ten.
    expect(hear(check, sine(200, rate, (CLIPPED_WINDOWS - 1) * window, 0.1)).trouble).toBe('clipping')
    expect(hear(check, sine(200, rate, window, 0.1)).trouble).toBeUndefined()
  })

  it('is two samples in a row at full scale, of either sign', () => {
    expect(hear(new InputCheck(rate), clipped(50, -FULL_SCALE - 1e-6)).trouble).toBe('clipping')
    expect(hear(new InputCheck(rate), clipped(50, FULL_SCALE - 1e-3)).trouble).toBeUndefined()
    expect(hear(new InputCheck(rate), clipped(50, 1, 1)).trouble).toBeUndefined()
  })
})

describe('a telephone’s bandwidth', () => {
  /** Noise as loud as speech, with what lies between half of `from` and half of 48 kHz gone. */
  function band(from: number, seconds: number): Float32Array {
    const random = seeded(from)
    const noise = Float32Array.from({ length: from * seconds }, () => 0.2 * (random() - 0.5))
    if (from === rate) return noise
    const output = new Float32Array(rate * seconds)
    const resampler = new Resampler(from, rate, 1, noise.length)
    return output.subarray(0, resampler.process([noise], noise.length, [output], output.length))
  }

  it('is heard in what was raised from 8 kHz, and not in 16 kHz or more', () => {
    const seconds = NARROW_SECONDS + 1
    expect(hear(new InputCheck(rate), band(8_000, seconds)).trouble).toBe('narrow')
    expect(hear(new InputCheck(rate), band(16_000, seconds)).trouble).toBeUndefined()
    expect(hear(new InputCheck(rate), band(rate, seconds)).trouble).toBeUndefined()
  })

  it('is judged after five seconds of sound, pauses left out, and anew after five more', () => {
    const sound = band(8_000, NARROW_SECONDS + 1)
    const check = hear(new InputCheck(rate), sound.subarray(0, NARROW_SECONDS * rate - window))
    hear(check, constant(4 * rate, SILENT_PEAK * 2))
    expect(check.trouble).toBeUndefined()
    expect(hear(check, sound.subarray(0, window)).trouble).toBe('narrow')
    expect(hear(check, band(rate, NARROW_SECONDS)).trouble).toBeUndefined()
  })

  it('is known at once when the device works at such a rate', () => {
    expect(new InputCheck(rate, 8_000).trouble).toBe('narrow')
    expect(new InputCheck(2 * NARROW_EDGE).trouble).toBe('narrow')
    expect(new InputCheck(rate, 2 * NARROW_EDGE + 1).trouble).toBeUndefined()
  })
})

it('tells the worst first, and the peak since it was asked', () => {
  const check = new InputCheck(8_000)
  expect(check.trouble).toBe('narrow')
  hear(check, constant(8_000, -1))
  expect(check.trouble).toBe('clipping')
  expect(check.takeLevel()).toBe(1)
  expect(check.takeLevel()).toBe(0)
  hear(check, constant(8_000 * SILENT_SECONDS, 0))
  expect(check.trouble).toBe('silent')
})
