import { describe, expect, it } from 'vitest'
import { Concealer } from './concealer.ts'
import { interruptFlag, rateUnit, unwrap, word, words } from './controls.ts'
import { seeded } from './fixtures.ts'
import { Playback, quantum } from './playback.ts'
import { DEAD_BAND, MAX_DRIFT, MAX_SLIP, MAX_STEADY, RateController, STEADY_BAND } from './rate-controller.ts'
import { Ring } from './ring.ts'
import { Stretcher } from './stretcher.ts'

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

  it('too much: it leaves out all of it at once, and counts that', () => {
    const controller = new RateController(target)
    expect(controller.update(target + MAX_DRIFT, 0.02, false)).toBe(0)
    expect(controller.update(target + MAX_DRIFT + 0.001, 0.02, false)).toBeCloseTo(MAX_DRIFT + 0.001, 9)
    expect(controller.resyncs).toBe(1)
    expect(controller.rate).toBe(1)
  })

  it('what it did before: it counts the seconds that the speed has taken', () => {
    const controller = decide(0.3, { quiet: true, seconds: 1 })
    controller.update(target, 0.02, true)
    expect(controller.slipped).toBeCloseTo(MAX_SLIP * 1, 6)
  })
})

const rate = 8_000
const packet = rate / 50
const seconds = 12

/** Something like a voice, in words with pauses between them. */
const speech = (() => {
  let phase = 0
  return Float32Array.from({ length: (seconds + 2) * rate }, (_, n) => {
    const time = n / rate
    phase += (2 * Math.PI * (110 + 20 * Math.sin(3 * time))) / rate
    let sum = 0
    for (let k = 1; k <= 5; k++) sum += Math.sin(k * phase) / k
    const loudness = Math.max(0, Math.sin(2 * Math.PI * 0.8 * time)) ** 0.5
    return 0.2 * loudness * sum
  })
})()
const steepest = (samples: Float32Array) =>
  samples.reduce((most, sample, n) => (n ? Math.max(most, Math.abs(sample - samples[n - 1]!)) : 0), 0)

interface Outcome {
  /** Seconds: the most that the listener was behind where he should have been, or ahead of it. */
  readonly drift: number
  /** As much at the end. */
  readonly last: number
  readonly step: number
  readonly resyncs: number
  /** Seconds by which the counts and what was really left out differ. */
  readonly uncounted: number
}

/** A sender whose clock is off by up to 200 ppm, over a network that loses a fifth in bursts and stalls thrice. */
function simulate(seed: number, stall: number): Outcome {
  const random = seeded(seed)
  const speed = 1 + (random() * 2 - 1) * 200e-6
  const stalls = [1, 4, 7].map(second => second + 2 * random())
  let lost = false
  /** Bursts of five packets on average, a fifth of all. */
  const isLost = () => (lost = lost ? random() < 0.8 : random() < 0.05)

  // What was lost is faded over before it is written: its time passes all the same.
  let arrived = new Float32Array(0)
  const stream = new Concealer(
    new Stretcher(
      {
        read(into, frames) {
          const count = Math.min(frames, arrived.length)
          into.set(arrived.subarray(0, count))
          arrived = arrived.subarray(count)
          return count
        },
      },
      rate,
      1,
    ),
    rate,
    1,
  )
  const ring = new Ring(Ring.memory(4 * rate, 1, false), 1)
  const controls = new Int32Array(words)
  controls[word.rate] = rateUnit
  const playback = new Playback({ ring, controls, channels: 1, from: rate, to: rate, wake: () => {} })
  const controller = new RateController(target)

  const output = new Float32Array(Math.floor((seconds * rate) / quantum) * quantum)
  const block = new Float32Array(packet)
  let [sent, written, heard, behind, drift, skipped, flowed] = [0, 0, 0, 0, 0, 0, 0]
  const waiting: Float32Array<ArrayBuffer>[] = []
  for (let n = 0; n < output.length; n += quantum) {
    const now = n / rate
    for (; sent + packet <= now * rate * speed; sent += packet) {
      waiting.push(isLost() ? new Float32Array(0) : speech.slice(sent, sent + packet))
    }
    const isStalled = stalls.some(start => now >= start && now < start + stall)
    for (const data of isStalled ? [] : waiting.splice(0)) {
      arrived = data
      stream.pull([block], packet)
      written += ring.write(block, 0, packet)
    }
    if (controls[word.wanted] === 0 && written < target * rate) continue
    controls[word.wanted] = 1
    const quantumOut = output.subarray(n, n + quantum)
    playback.render([quantumOut])
    flowed += controls[word.flowing]! * quantum
    const last = heard
    heard = unwrap(heard, controls[word.clock]!)
    expect(heard).toBeGreaterThanOrEqual(last)
    behind = Math.abs(now * speed - target - heard / rate)
    drift = Math.max(drift, behind)
    // While nothing has come there is nothing to decide.
    if (controls[word.flowing] === 0) continue
    const power = quantumOut.reduce((sum, sample) => sum + sample * sample, 0) / quantum
    const jump = controller.update((written - heard) / rate, quantum / rate, power < 1e-4)
    controls[word.rate] = Math.round(controller.rate * rateUnit)
    if (jump > 0) {
      skipped += jump
      controls[word.discardTo] = heard + Math.round(jump * rate)
      controls[word.clock]! |= interruptFlag
    }
  }
  return {
    drift,
    last: behind,
    step: steepest(output),
    resyncs: controller.resyncs,
    uncounted: Math.abs(heard / rate - flowed / rate - controller.slipped - skipped),
  }
}

// −40 dB, beside what speech itself does.
const allowed = steepest(speech) * 1.1 + 0.01
/** Seconds that the time-stretch may be from where its speed says, on its way to a place that sounds alike. */
const stretchSlack = 0.08

it('keeps the listener within half a second, counts what it leaves out, and never clicks', () => {
  for (let seed = 1; seed <= 25; seed++) {
    const { drift, step, resyncs, uncounted } = simulate(seed, 0.7)
    expect(drift, `drift, seed ${seed}`).toBeLessThanOrEqual(MAX_DRIFT)
    expect(step, `step, seed ${seed}`).toBeLessThan(allowed)
    expect(resyncs, `resyncs, seed ${seed}`).toBe(0)
    expect(uncounted, `uncounted, seed ${seed}`).toBeLessThan(stretchSlack)
  }
})

it('comes back in one jump after a longer stall, which it counts, without a click', () => {
  for (let seed = 1; seed <= 10; seed++) {
    const { step, resyncs, uncounted, last } = simulate(seed, 1.3)
    expect(resyncs, `resyncs, seed ${seed}`).toBeGreaterThan(0)
    expect(last, `drift at the end, seed ${seed}`).toBeLessThan(MAX_DRIFT)
    expect(step, `step, seed ${seed}`).toBeLessThan(allowed)
    expect(uncounted, `uncounted, seed ${seed}`).toBeLessThan(stretchSlack)
  }
})
