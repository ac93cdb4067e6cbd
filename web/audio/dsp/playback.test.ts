import { beforeEach, describe, expect, it } from 'vitest'
import { interruptFlag, rateUnit, word, words } from './controls.ts'
import { frequencyOf, loudest, seeded, sine, steepest } from './fixtures.ts'
import { Playback, quantum } from './playback.ts'
import { Ring } from './ring.ts'

const from = 24_000
const to = 48_000

let ring: Ring
let controls: Int32Array
let playback: Playback
let wakes: number

function setUp(frames = 10 * from) {
  ring = new Ring(Ring.memory(frames, 1, true), 1)
  controls = new Int32Array(words)
  controls[word.rate] = rateUnit
  controls[word.wanted] = 1
  wakes = 0
  playback = new Playback({ ring, controls, channels: 1, from, to, wake: () => (wakes += 1) })
}

beforeEach(() => setUp())

/** What `quanta` calls give, end to end. */
function render(quanta: number): Float32Array {
  const all = new Float32Array(quanta * quantum)
  for (let n = 0; n < quanta; n++) playback.render([all.subarray(n * quantum, (n + 1) * quantum)])
  return all
}

const write = (samples: Float32Array) => expect(ring.write(samples, 0, samples.length)).toBe(samples.length)

/** The page's half of an interrupt. @returns the clock it took */
function interrupt(written: number): number {
  Atomics.store(controls, word.discardTo, written)
  return Atomics.or(controls, word.clock, interruptFlag)
}

describe('seams', () => {
  it('plays 200 random pieces of a sine as one sine: nothing missing, nothing twice', () => {
    const random = seeded(200)
    const frames = 9 * from
    const input = sine(997, from, frames, 0.5)
    const cuts = Array.from({ length: 199 }, () => Math.floor(random() * frames)).sort((a, b) => a - b)
    const bounds = [0, ...cuts, frames]
    const parts: Float32Array[] = []
    for (let n = 0; n + 1 < bounds.length; n++) {
      write(input.subarray(bounds[n], bounds[n + 1]))
      while (ring.filled > 200) parts.push(render(1))
    }
    const output = Float32Array.from(parts.flatMap(part => [...part]))
    expect(output.length).toBeGreaterThan(8.9 * to)
    // After the first 5 ms, which are ramped up.
    for (let n = 300; n < output.length; n++) {
      const truth = 0.5 * Math.sin((2 * Math.PI * 997 * n) / to)
      if (Math.abs(output[n]! - truth) > 1e-4) expect.fail(`sample ${n} is ${output[n]} and should be ${truth}`)
    }
    expect(controls[word.underruns]).toBe(0)
  })
})

describe('running dry', () => {
  it('fades, counts once, keeps silent, and comes back in one piece', () => {
    write(sine(500, from, 3000, 0.8))
    const first = render(120)
    expect(controls[word.underruns]).toBe(1)
    expect(controls[word.flowing]).toBe(0)
    expect(controls[word.clock]).toBe(3000)
    expect(loudest(first.subarray(6000 + 300, 6000 + 800))).toBeLessThan(1e-4)
    expect(loudest(first.subarray(-2000))).toBe(0)
    write(sine(500, from, 3000, 0.8))
    const second = render(120)
    expect(controls[word.clock]).toBe(6000)
    expect(controls[word.underruns]).toBe(2)
    // No step anywhere that a sine of 500 Hz does not take; a mirrored break has a corner, not a step.
    const whole = Float32Array.from([...first, ...second])
    expect(steepest(whole)).toBeLessThan(((2 * Math.PI * 500 * 0.8) / to) * 1.5)
  })

  it('counts nothing before the first sample, after the end, or while paused', () => {
    render(50)
    write(sine(500, from, 1000))
    controls[word.ended] = 1
    render(50)
    expect(controls[word.clock]).toBe(1000)
    controls[word.ended] = 0
    write(sine(500, from, 1000))
    render(2)
    controls[word.wanted] = 0
    render(200)
    expect(controls[word.underruns]).toBe(0)
  })

  it('wakes who waits for the end, and who waits for room', () => {
    write(sine(500, from, 1000))
    render(30)
    wakes = 0
    controls[word.ended] = 1
    write(sine(500, from, 10))
    render(10)
    expect(controls[word.clock]).toBe(1010)
    expect(wakes).toBeGreaterThan(0)

    setUp(1000)
    write(sine(500, from, 1000))
    controls[word.roomWanted] = 300
    render(3) // 3 quanta and the resampler's reach: below 300 frames
    expect(controls[word.roomWanted]).toBe(300)
    render(3)
    expect(controls[word.roomWanted]).toBe(0)
  })
})

describe('pause', () => {
  it('ramps down and up again, and goes on where it was', () => {
    write(sine(300, from, 8 * from, 0.5))
    const before = render(100)
    controls[word.wanted] = 0
    const paused = render(100)
    const at = controls[word.clock]!
    expect(loudest(paused.subarray(3 * quantum))).toBe(0)
    controls[word.wanted] = 1
    const after = render(100)
    expect(steepest(Float32Array.from([...before, ...paused, ...after]))).toBeLessThan(0.035)
    // From `at` on, each output sample is the sine's.
    const start = 103 * quantum - 100 * quantum
    for (let n = 400; n < after.length; n++) {
      const truth = 0.5 * Math.sin((2 * Math.PI * 300 * (at / from) + (2 * Math.PI * 300 * n) / to) % (2 * Math.PI))
      if (Math.abs(after[n]! - truth) > 0.04) expect.fail(`sample ${n} is ${after[n]} and should be ${truth}`)
    }
    expect(start).toBe(3 * quantum)
  })
})

describe('interrupt', () => {
  it('is silent after one quantum, and says exactly what was heard', () => {
    write(sine(300, from, 2 * from, 0.5))
    const before = render(200)
    const heard = interrupt(2 * from)
    const after = render(20)
    // Output frame n is input frame n / 2; the clock counts whole frames.
    expect(heard).toBe((200 * quantum) / 2)
    expect(loudest(after.subarray(quantum))).toBe(0)
    expect(steepest(Float32Array.from([...before.subarray(-quantum), ...after]))).toBeLessThan(0.04)
    expect(ring.filled).toBe(0)
    expect(controls[word.clock]).toBe(2 * from)
    expect(controls[word.underruns]).toBe(0)
  })

  it('keeps what is written after it, even before it is carried out', () => {
    write(sine(300, from, 5000))
    render(20)
    interrupt(5000)
    const next = sine(700, from, from, 0.5)
    write(next)
    const after = render(300)
    expect(frequencyOf(after.subarray(1000), to)).toBeCloseTo(700, 0)
    // The fade takes one quantum; the ramp 5 ms; then it is the sine from its start.
    for (let n = 500; n < 20_000; n++) {
      const truth = 0.5 * Math.sin((2 * Math.PI * 700 * n) / to)
      if (Math.abs(after[quantum + n]! - truth) > 1e-4) expect.fail(`sample ${n}`)
    }
  })

  it('may come twice before it is carried out, and while paused', () => {
    write(sine(300, from, 1000))
    render(2)
    controls[word.wanted] = 0
    render(5)
    interrupt(1000)
    write(sine(300, from, 1000))
    interrupt(2000)
    render(1)
    expect(controls[word.clock]).toBe(2000)
    expect(ring.filled).toBe(0)
  })

  it('drops a quantum that was being made when it came', () => {
    write(sine(300, from, 3000, 0.5))
    render(20)
    const atomic = controls[word.clock]!
    // The reader takes samples in mid-render: that is when the other thread may interrupt.
    const read = ring.read.bind(ring)
    let heard = -1
    ring.read = (into, frames) => {
      if (heard < 0) heard = interrupt(3000)
      return read(into, frames)
    }
    while (heard < 0) render(1)
    const counted = heard
    expect(counted).toBeGreaterThanOrEqual(atomic)
    expect(controls[word.clock]).toBe(3000)
    expect(loudest(render(5))).toBe(0)
  })
})

it('keeps the pitch at double speed, and counts the ring’s frames', () => {
  write(sine(440, from, 8 * from, 0.5))
  controls[word.rate] = 2 * rateUnit
  const output = render(1000)
  expect(Math.abs(frequencyOf(output.subarray(1000), to) / 440 - 1)).toBeLessThan(0.01)
  expect(Math.abs(controls[word.clock]! / ((1000 * quantum) / 2) / 2 - 1)).toBeLessThan(0.01)
})

it('counts a clock that goes round', () => {
  const start = 2 ** 30 - 500
  Atomics.store(controls, word.discardTo, start)
  Atomics.store(controls, word.clock, interruptFlag)
  render(1)
  write(sine(300, from, 3000))
  render(200)
  expect(controls[word.clock]).toBe(2500)
})
