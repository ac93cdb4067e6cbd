import { expect, it } from 'vitest'
import { seamOf } from './align.ts'
import { seeded, sine } from './fixtures.ts'

const random = seeded(5)
const noise = Float32Array.from({ length: 40_000 }, () => random() - 0.5)
const window = 1000

it.each([0, 1, -1, 17, -400, 400])('finds noise that is %i frames from where it should be', shift => {
  const last = noise.slice(0, 20_000)
  const next = noise.slice(15_000 - shift)
  expect(seamOf(last, next, 5_000, 400, window)).toBe(5_000 + shift)
})

it('looks no further than it may', () => {
  const last = noise.slice(0, 20_000)
  expect(Math.abs(seamOf(last, noise.slice(15_000 - 401), 5_000, 400, window) - 5_000)).toBeLessThanOrEqual(408)
})

it('takes the nearest of places that are alike', () => {
  const tone = sine(100, 10_000, 20_000)
  // 30 frames are less than half a period.
  expect(seamOf(tone.slice(0, 10_000), tone.slice(9_000 - 30), 1_000, 500, window)).toBe(1_030)
})

it('changes nothing in silence, or where there is too little before the seam', () => {
  expect(seamOf(new Float32Array(5_000), noise, 1_500, 400, window)).toBe(1_500)
  expect(seamOf(noise.slice(0, 2_000), noise, window - 500, 400, window)).toBe(window - 500)
})
