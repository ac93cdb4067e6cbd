import { describe, expect, it } from 'vitest'
import { DEAD_BAND, MAX_DRIFT, MAX_SLIP, MAX_STEADY, RateController, STEADY_BAND } from './rate-controller.ts'
import { NO_CLICK, simulate, STRETCH_SLACK } from './testing/network.ts'

const target = 0.32

/** What it decides after `seconds` of the same drift. */
function decide(drift: number, { seconds = 3, quiet = false } = {}): RateController {
  const controller = new RateController(target)
  for (let n = 0; n < seconds * 50; n++) controller.update(target + drift, 0.02, quiet)
  return controller
}

describe('what it does about', () => {
  it('next to nothing: nothing', () => {
    for (const drift of [DEAD_BAND, -DEAD_BAND, 0]) expect(decide(drift).rate).toBe(1)
  })

  it('a little: half a per cent, until it is settled', () => {
    expect(decide(DEAD_BAND + 0.001).rate).toBe(1 + MAX_STEADY)
    expect(decide(-DEAD_BAND - 0.001).rate).toBe(1 - MAX_STEADY)
    const controller = decide(0.05)
    for (let n = 0; n < 20; n++) controller.update(target + DEAD_BAND / 2, 0.02, false)
    expect(controller.rate).toBe(1 + MAX_STEADY)
    for (let n = 0; n < 200; n++) controller.update(target, 0.02, false)
    expect(controller.rate).toBe(1)
  })

  it('more: eight per cent where it is quiet', () => {
    // The sum of two decimals is off by a bit in the last place.
    expect(decide(STEADY_BAND - 1e-9, { quiet: true }).rate).toBe(1 + MAX_STEADY)
    expect(decide(STEADY_BAND + 0.001, { quiet: true }).rate).toBe(1 + MAX_SLIP)
    expect(decide(-STEADY_BAND - 0.001, { quiet: true }).rate).toBe(1 - MAX_SLIP)
    expect(decide(MAX_DRIFT, { quiet: false }).rate).toBe(1 + MAX_STEADY)
  })

  it('too much: all of it is to be left out at once, and counts when it was', () => {
    const controller = new RateController(target)
    expect(controller.update(target + MAX_DRIFT, 0.02, false)).toBe(0)
    const { slipped } = controller
    expect(controller.update(target + MAX_DRIFT + 0.001, 0, false)).toBeCloseTo(MAX_DRIFT + 0.001, 9)
    expect([controller.rate, controller.resyncs, controller.slipped]).toEqual([1, 0, slipped])
    controller.leftOut(MAX_DRIFT + 0.001)
    expect(controller.resyncs).toBe(1)
    expect(controller.slipped - slipped).toBeCloseTo(MAX_DRIFT + 0.001, 9)
  })

  it('sound that begins anew: nothing, and the counts stay', () => {
    const controller = decide(0.3, { quiet: true, seconds: 1 })
    const { slipped } = controller
    controller.reset()
    expect([controller.rate, controller.slipped]).toEqual([1, slipped])
    controller.update(target, 0.02, true)
    expect(controller.rate).toBe(1)
  })

  it('what it did before: it counts the seconds that the speed has taken', () => {
    const controller = decide(0.3, { quiet: true, seconds: 1 })
    controller.update(target, 0.02, true)
    expect(controller.slipped).toBeCloseTo(MAX_SLIP * 1, 6)
  })
})

it('keeps the listener within half a second, counts what it leaves out, and never clicks', () => {
  for (let seed = 1; seed <= 25; seed++) {
    const { drift, step, resyncs, uncounted } = simulate(seed, 0.7)
    expect(drift, `drift, seed ${seed}`).toBeLessThanOrEqual(MAX_DRIFT)
    expect(step, `step, seed ${seed}`).toBeLessThan(NO_CLICK)
    expect(resyncs, `resyncs, seed ${seed}`).toBe(0)
    expect(uncounted, `uncounted, seed ${seed}`).toBeLessThan(STRETCH_SLACK)
  }
})

it('comes back in one jump after a longer stall, which it counts, without a click', () => {
  for (let seed = 1; seed <= 10; seed++) {
    const { step, resyncs, uncounted, last } = simulate(seed, 1.3)
    expect(resyncs, `resyncs, seed ${seed}`).toBeGreaterThan(0)
    expect(last, `drift at the end, seed ${seed}`).toBeLessThan(MAX_DRIFT)
    expect(step, `step, seed ${seed}`).toBeLessThan(NO_CLICK)
    expect(uncounted, `uncounted, seed ${seed}`).toBeLessThan(STRETCH_SLACK)
  }
})
