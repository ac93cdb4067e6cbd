import { describe, expect, it } from 'vitest'
import { frequencyOf, seeded, sine } from './fixtures.ts'
import { type FrameSource, Stretcher } from './stretcher.ts'

const sampleRate = 24_000

/** A mono source over samples that are there from the start. */
function sourceOf(samples: Float32Array): FrameSource {
  let at = 0
  return {
    read(into, frames) {
      const count = Math.min(frames, samples.length - at)
      into.set(samples.subarray(at, at + count))
      at += count
      return count
    },
  }
}

function pullAll(stretcher: Stretcher, block: () => number): Float32Array {
  const parts: number[] = []
  for (;;) {
    const frames = block()
    const part = new Float32Array(frames)
    const count = stretcher.pull([part], frames)
    parts.push(...part.subarray(0, count))
    if (count < frames) return Float32Array.from(parts)
  }
}

/** Something like a voice: a pulse train with formants, its pitch gliding, in syllables. */
function voice(seconds: number): Float32Array {
  let phase = 0
  return Float32Array.from({ length: seconds * sampleRate }, (_, n) => {
    const time = n / sampleRate
    phase += (2 * Math.PI * (120 + 30 * Math.sin(2 * time))) / sampleRate
    let sum = 0
    for (let k = 1; k <= 20; k++) sum += Math.sin(k * phase) / (1 + ((k - 5) / 3) ** 2)
    return 0.1 * sum * (0.6 + 0.4 * Math.sin(2 * Math.PI * 4 * time))
  })
}

it('passes samples through untouched at rate 1, in blocks of any size', () => {
  const random = seeded(1)
  const input = Float32Array.from({ length: 30_000 }, () => random() - 0.5)
  const stretcher = new Stretcher(sourceOf(input), sampleRate, 1)
  expect(pullAll(stretcher, () => 1 + Math.floor(random() * 400))).toEqual(input)
  expect(stretcher.position).toBe(input.length)
})

describe.each([0.5, 0.8, 1.25, 1.5, 2, 3])('at rate %f', rate => {
  it('keeps the pitch of a tone and the level within 1 %, and the length too', () => {
    for (const frequency of [80, 220, 1000]) {
      const input = sine(frequency, sampleRate, 10 * sampleRate, 0.5)
      const stretcher = new Stretcher(sourceOf(input), sampleRate, 1)
      stretcher.rate = rate
      const output = pullAll(stretcher, () => 64)
      expect(Math.abs(output.length / (input.length / rate) - 1), `${frequency} Hz length`).toBeLessThan(0.01)
      const middle = output.subarray(1000, output.length - 2000)
      expect(Math.abs(frequencyOf(middle, sampleRate) / frequency - 1), `${frequency} Hz`).toBeLessThan(0.01)
      const level = Math.sqrt(middle.reduce((sum, sample) => sum + sample * sample, 0) / middle.length)
      expect(Math.abs(level / (0.5 * Math.SQRT1_2) - 1), `${frequency} Hz level`).toBeLessThan(0.01)
    }
  })

  it('steps no further between two samples of speech than speech does', () => {
    const input = voice(4)
    const steepest = (samples: Float32Array) =>
      samples.reduce((most, sample, n) => (n ? Math.max(most, Math.abs(sample - samples[n - 1]!)) : 0), 0)
    const stretcher = new Stretcher(sourceOf(input), sampleRate, 1)
    stretcher.rate = rate
    expect(steepest(pullAll(stretcher, () => 100))).toBeLessThan(steepest(input) * 1.1)
  })
})

it('changes speed in mid-sound without a step, and its position says where it is', () => {
  const input = sine(200, sampleRate, 12 * sampleRate, 0.5)
  const stretcher = new Stretcher(sourceOf(input), sampleRate, 1)
  const random = seeded(4)
  const part = new Float32Array(64)
  const steepest = (2 * Math.PI * 200 * 0.5) / sampleRate
  let before = 0
  let expected = 0
  let last = 0
  for (let block = 0; block < 2500; block++) {
    if (block % 100 === 0) stretcher.rate = [1, 2, 0.5, 3, 1.3][Math.floor(random() * 5)]!
    const rate = stretcher.rate
    stretcher.pull([part], 64)
    for (const sample of part) {
      expect(Math.abs(sample - before)).toBeLessThan(steepest * 1.2)
      before = sample
    }
    expected += 64 * rate
    expect(stretcher.position).toBeGreaterThanOrEqual(last - 0.01 * sampleRate - 1)
    last = stretcher.position
  }
  // A change waits for the end of a hop, and a return to rate 1 stays where the search had come to.
  expect(Math.abs(stretcher.position - expected)).toBeLessThan(0.05 * expected)
})

it('keeps two channels together', () => {
  const left = voice(2)
  const interleaved = new Float32Array(left.length * 2)
  left.forEach((sample, n) => interleaved.set([sample, -sample / 2], 2 * n))
  let at = 0
  const stretcher = new Stretcher(
    {
      read(into, frames) {
        const count = Math.min(frames, left.length - at)
        into.set(interleaved.subarray(2 * at, 2 * (at + count)))
        at += count
        return count
      },
    },
    sampleRate,
    2,
  )
  stretcher.rate = 1.7
  const [a, b] = [new Float32Array(64), new Float32Array(64)]
  for (let block = 0; block < 300; block++) {
    stretcher.pull([a, b], 64)
    for (let n = 0; n < 64; n++) expect(b[n]).toBeCloseTo(-a[n]! / 2, 6)
  }
})

it('plays the last frames on at their own speed, and starts anew after a reset', () => {
  const stretcher = new Stretcher(sourceOf(sine(100, sampleRate, 1000)), sampleRate, 1)
  stretcher.rate = 2
  const part = new Float32Array(2000)
  const count = stretcher.pull([part], 2000)
  expect(count).toBeGreaterThanOrEqual(500)
  expect(count).toBeLessThanOrEqual(1000)
  expect(stretcher.position).toBe(1000)
  stretcher.reset(5000)
  expect(stretcher.position).toBe(5000)
  expect(stretcher.pull([part], 10)).toBe(0)
})
