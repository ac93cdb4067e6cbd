import { describe, expect, it } from 'vitest'
import { createEstimate } from './estimate.ts'

describe('an estimate', () => {
  it('says nothing before it has seen two moments', () => {
    const estimate = createEstimate()
    expect(estimate.secondsLeft).toBeUndefined()
    estimate.note({ done: 0, total: 100 }, 0)
    expect(estimate.secondsLeft).toBeUndefined()
  })

  it('is exact at an even pace', () => {
    const estimate = createEstimate()
    for (let second = 0; second <= 4; second++) estimate.note({ done: second * 10, total: 100 }, second * 1000)
    expect(estimate.secondsLeft).toBeCloseTo(6, 6)
  })

  it('follows a change of pace without jumping', () => {
    const estimate = createEstimate()
    estimate.note({ done: 0, total: 1000 }, 0)
    estimate.note({ done: 100, total: 1000 }, 1000)
    const before = estimate.secondsLeft!
    estimate.note({ done: 110, total: 1000 }, 2000)
    expect(estimate.secondsLeft!).toBeGreaterThan(before)
    expect(estimate.secondsLeft!).toBeLessThan(890 / 10)
  })

  it('begins anew when the work does, and keeps still when the total is not known', () => {
    const estimate = createEstimate()
    estimate.note({ done: 0, total: 10 }, 0)
    estimate.note({ done: 5, total: 10 }, 1000)
    expect(estimate.secondsLeft).toBeCloseTo(1)
    estimate.note({ done: 1, total: 10 }, 2000)
    expect(estimate.secondsLeft).toBeUndefined()
    estimate.note({ done: 5, total: 10 }, 3000)
    expect(estimate.secondsLeft).toBeDefined()
    estimate.note({ done: 6 }, 4000)
    expect(estimate.secondsLeft).toBeUndefined()
  })

  it('does not divide by a moment that did not pass', () => {
    const estimate = createEstimate()
    estimate.note({ done: 0, total: 10 }, 0)
    estimate.note({ done: 10, total: 10 }, 0)
    expect(estimate.secondsLeft ?? 0).toBe(0)
  })
})
