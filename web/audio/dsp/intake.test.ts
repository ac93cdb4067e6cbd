import { expect, it } from 'vitest'
import { frequencyOf, seeded, sine } from './fixtures.ts'
import { Intake } from './intake.ts'

const copyOf = ({ samples, frames }: { samples: Float32Array; frames: number }, channels = 1) =>
  samples.slice(0, frames * channels)

it('passes the ring’s own rate unchanged, and makes what is not a number silent', () => {
  const intake = new Intake(24_000, 1)
  expect(copyOf(intake.take(Float32Array.of(0.5, Number.NaN, -Infinity, 0.25), 24_000, 1))).toEqual(
    Float32Array.of(0.5, 0, 0, 0.25),
  )
})

it('mixes two channels down, and one up', () => {
  expect(copyOf(new Intake(24_000, 1).take(Float32Array.of(1, 0, 0.5, 0.5), 24_000, 2))).toEqual(
    Float32Array.of(0.5, 0.5),
  )
  expect(copyOf(new Intake(24_000, 2).take(Float32Array.of(1, 0.5), 24_000, 1), 2)).toEqual(
    Float32Array.of(1, 1, 0.5, 0.5),
  )
})

it('converts a stream cut anywhere as one stream, and gives all of it at the end', () => {
  const random = seeded(22)
  const input = sine(1000, 22_050, 22_050, 0.5)
  const intake = new Intake(24_000, 1)
  const parts: number[] = []
  for (let at = 0; at < input.length;) {
    const count = Math.min(input.length - at, 1 + Math.floor(random() * 9000))
    const taken = intake.take(input.slice(at, at + count), 22_050, 1)
    // The first frame's time is where the stream is, less what was held back.
    expect(Math.abs(at / 22_050 - taken.behind - parts.length / 24_000)).toBeLessThan(1 / 22_050)
    parts.push(...copyOf(taken))
    at += count
  }
  parts.push(...copyOf(intake.finish()))
  expect(Math.abs(parts.length - 24_000)).toBeLessThanOrEqual(1)
  for (let n = 100; n < 23_800; n++) expect(parts[n]).toBeCloseTo(0.5 * Math.sin((2 * Math.PI * 1000 * n) / 24_000), 4)
  expect(intake.finish().frames).toBe(0)
})

it('goes from one rate to another, with the end of the first kept', () => {
  const intake = new Intake(24_000, 1)
  const first = copyOf(intake.take(sine(500, 48_000, 48_000), 48_000, 1))
  const second = copyOf(intake.take(sine(500, 24_000, 24_000), 24_000, 1))
  expect(first.length + second.length).toBe(48_000)
  expect(frequencyOf(Float32Array.from([...first, ...second]), 24_000)).toBeCloseTo(500, 0)
})

it('refuses what is no sound', () => {
  const intake = new Intake(24_000, 1)
  expect(() => intake.take(new Float32Array(3), 24_000, 2)).toThrow(expect.objectContaining({ code: 'bad-input' }))
  expect(() => intake.take(new Float32Array(4), 24_000, 3 as 2)).toThrow(expect.objectContaining({ code: 'bad-input' }))
  expect(() => intake.take(new Float32Array(4), Number.NaN, 1)).toThrow(expect.objectContaining({ code: 'bad-input' }))
  // And still works.
  expect(intake.take(new Float32Array(4), 24_000, 1).frames).toBe(4)
})
