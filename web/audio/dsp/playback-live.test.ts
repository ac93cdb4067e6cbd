import { beforeEach, describe, expect, it } from 'vitest'
import { interruptFlag, rateUnit, word, words } from './controls.ts'
import { frequencyOf, loudest, sine, steepest } from './fixtures.ts'
import { QUIET } from './jitter-buffer.ts'
import { Playback, quantum } from './playback.ts'
import { MAX_DRIFT, MAX_SLIP, MAX_STEADY } from './rate-controller.ts'
import { Ring } from './ring.ts'
import { Timeline } from './timeline.ts'

const from = 24_000
const to = 48_000
/** Seconds, and frames, that should wait. */
const live = 0.25
const target = live * from
const most = target + MAX_DRIFT * from
/** Frames of the ring in one quantum. */
const step = (quantum * from) / to

let ring: Ring
let controls: Int32Array
let playback: Playback

beforeEach(() => {
  ring = new Ring(Ring.memory(10 * from, 1, true), 1)
  controls = new Int32Array(words)
  controls[word.rate] = rateUnit
  controls[word.wanted] = 1
  playback = new Playback({ ring, controls, channels: 1, from, to, live, wake: () => {} })
})

/** What `quanta` calls give, end to end; before each of them `feed` may write. */
function render(quanta: number, feed = () => {}): Float32Array {
  const all = new Float32Array(quanta * quantum)
  for (let n = 0; n < quanta; n++) {
    feed()
    playback.render([all.subarray(n * quantum, (n + 1) * quantum)])
  }
  return all
}

const write = (samples: Float32Array) => expect(ring.write(samples, 0, samples.length)).toBe(samples.length)
const tone = (frames: number, frequency = 300) => sine(frequency, from, frames, 0.5)

/** The page's half of an interrupt. */
function interrupt(written: number): void {
  Atomics.store(controls, word.discardTo, written)
  Atomics.or(controls, word.clock, interruptFlag)
}

describe('what is gathered', () => {
  it('sounds once enough waits', () => {
    write(tone(target - 1))
    expect(loudest(render(100))).toBe(0)
    expect([controls[word.clock], controls[word.underruns]]).toEqual([0, 0])
    write(tone(1))
    expect(loudest(render(20))).toBeGreaterThan(0.4)
    expect(controls[word.slipped]).toBe(0)
  })

  it('is gathered again after it has run dry', () => {
    write(tone(target))
    const first = render(300)
    expect(controls[word.clock]).toBe(target)
    expect(controls[word.underruns]).toBe(1)
    write(tone(target - 1))
    const second = render(50)
    expect(loudest(second)).toBe(0)
    write(tone(1))
    const third = render(300)
    expect([controls[word.clock], controls[word.underruns]]).toEqual([2 * target, 2])
    expect(steepest(Float32Array.from([...first, ...second, ...third]))).toBeLessThan(0.04)
  })

  it('is all played at once when nothing more comes, however little it is', () => {
    write(tone(1000))
    render(10)
    expect(controls[word.clock]).toBe(0)
    controls[word.ended] = 1
    render(30)
    expect([controls[word.clock], controls[word.underruns]]).toEqual([1000, 0])
    // What follows is gathered as at the beginning.
    controls[word.ended] = 0
    write(tone(target - 1))
    render(30)
    expect(controls[word.clock]).toBe(1000)
  })

  it('is played as it is at the end, however much it is', () => {
    write(tone(target))
    render(1)
    write(tone(3 * from))
    controls[word.ended] = 1
    render(1500)
    expect([controls[word.clock], controls[word.slipped], controls[word.resyncs]]).toEqual([target + 3 * from, 0, 0])
  })

  it('is gathered anew after an interrupt', () => {
    write(tone(target))
    render(10)
    interrupt(target)
    write(tone(target - 1))
    expect(loudest(render(50).subarray(quantum))).toBe(0)
    expect(controls[word.clock]).toBe(target)
    write(tone(1))
    expect(loudest(render(50))).toBeGreaterThan(0.4)
  })
})

describe('too much', () => {
  it.each([
    [most, 0],
    [most + 1, most + 1 - target],
  ])('of %i frames before it sounds: %i are left out', (frames, slipped) => {
    write(tone(frames))
    render(1)
    expect(controls[word.slipped]).toBe(slipped)
    expect(controls[word.resyncs]).toBe(slipped > 0 ? 1 : 0)
  })

  it('that comes while it sounds is left out at once, counted, and not heard as a click', () => {
    const timeline = new Timeline(from)
    const add = (frequency: number, frames: number) => {
      write(tone(frames, frequency))
      timeline.add(`${frequency} Hz`, 0, frames)
    }
    add(300, target)
    const before = render(20)
    const heard = controls[word.clock]!
    // As much as may wait is no reason to leave anything out.
    add(300, most - (target - heard) - step)
    const still = render(1)
    expect([controls[word.resyncs], ring.filled > target]).toEqual([0, true])
    add(600, 2 * from)
    controls[word.discardTo] = 4711
    const written = most + heard - step + 2 * from
    const jump = render(1)
    const left = controls[word.clock]!
    expect(left).toBe(written - target)
    expect([controls[word.resyncs], controls[word.discardTo]]).toEqual([1, 4711])
    const after = render(90)
    expect(steepest(Float32Array.from([...before, ...still, ...jump, ...after]))).toBeLessThan(0.05)
    expect(frequencyOf(after.subarray(1000, 10_000), to)).toBeCloseTo(600, 0)
    // What was heard and what was left out are all that is gone.
    expect(controls[word.slipped]).toBeGreaterThan(left - heard - 2 * step)
    expect(controls[word.slipped]).toBeLessThanOrEqual(left - heard)
    const place = timeline.placeOf(controls[word.clock]!)!
    expect(place.segment).toBe('600 Hz')
    expect(place.at).toBeCloseTo((controls[word.clock]! - (written - 2 * from)) / from, 6)
    expect([controls[word.underruns], controls[word.flowing]]).toEqual([0, 1])
  })

  it('that gathers in a pause is left out when it goes on', () => {
    write(tone(target))
    render(10)
    controls[word.wanted] = 0
    render(10)
    const heard = controls[word.clock]!
    write(tone(2 * from))
    const paused = render(10)
    controls[word.wanted] = 1
    const after = render(50)
    expect(controls[word.resyncs]).toBe(1)
    expect(controls[word.slipped]).toBeGreaterThan(2 * from - heard - step)
    expect(steepest(Float32Array.from([...paused, ...after]))).toBeLessThan(0.04)
  })

  it('is dropped by an interrupt that comes first, with all the rest, and counts for nothing', () => {
    write(tone(target))
    render(10)
    write(tone(2 * from))
    const written = target + 2 * from
    // The worklet looks at what waits: that is when the other thread may interrupt.
    const ringOf = Object.getOwnPropertyDescriptor(Ring.prototype, 'filled')!.get!
    let came = false
    Object.defineProperty(ring, 'filled', {
      get() {
        if (!came) interrupt(written)
        came = true
        return ringOf.call(ring)
      },
    })
    const output = render(10)
    expect([controls[word.clock], ring.filled]).toEqual([written, 0])
    expect([controls[word.resyncs], controls[word.slipped]]).toEqual([0, 0])
    expect(loudest(output.subarray(quantum))).toBe(0)
  })

  it('is left out, and then the rest dropped, by an interrupt that comes in the middle of it', () => {
    write(tone(target))
    render(10)
    write(tone(2 * from))
    const written = target + 2 * from
    const read = ring.read.bind(ring)
    let place = -1
    ring.read = (into, frames) => {
      if (place < 0) {
        place = controls[word.clock]!
        interrupt(written)
      }
      return read(into, frames)
    }
    const output = render(10)
    // The page is told the place behind the jump; what follows it was not heard.
    expect(place).toBe(written - target)
    expect([controls[word.clock], ring.filled, controls[word.resyncs]]).toEqual([written, 0, 1])
    expect(loudest(output.subarray(2 * quantum))).toBe(0)
  })
})

describe('the speed', () => {
  /** Hears two seconds of `sample` over and over, `behind` seconds more of it waiting than should. @returns the speed */
  function speed(sample: number, behind: number): number {
    const block = new Float32Array(from).fill(sample)
    ring.write(block, 0, target)
    render(1)
    const keep = () => void ring.write(block, 0, Math.max(0, Math.round(target + behind * from) - ring.filled))
    render(100, keep)
    const [clock, slipped] = [controls[word.clock]!, controls[word.slipped]!]
    render(750, keep)
    const heard = controls[word.clock]! - clock
    const drawn = heard - (controls[word.slipped]! - slipped)
    expect(drawn / (750 * step) / (controls[word.rate]! / rateUnit)).toBeCloseTo(1, 2)
    return heard / (750 * step)
  }

  it.each([
    [1.01, 1 + MAX_STEADY],
    [0.99, 1 + MAX_SLIP],
  ])('of a sound %f times as loud as a pause is at most %f', (loudness, expected) => {
    expect(speed(Math.sqrt(QUIET) * loudness, 0.3)).toBeCloseTo(expected, 2)
  })

  it('is a part of the speed that the listener chose', () => {
    controls[word.rate] = 1.5 * rateUnit
    expect(speed(0, 0.3)).toBeCloseTo(1.5 * (1 + MAX_SLIP), 1)
  })

  it('is drawn out where too little waits', () => {
    expect(speed(0, -0.15)).toBeCloseTo(1 - MAX_SLIP, 2)
    expect(controls[word.slipped]).toBeLessThan(0)
  })
})
