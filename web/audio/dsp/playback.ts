import { Concealer } from './concealer.ts'
import { clockSize, interruptFlag, rateUnit, word } from './controls.ts'
import { JitterBuffer, QUIET } from './jitter-buffer.ts'
import { Resampler } from './resampler.ts'
import type { Ring } from './ring.ts'
import { Stretcher } from './stretcher.ts'

/** Frames of one call of a worklet. */
export const quantum = 128

/** Seconds of the ramp around a pause. */
const rampSeconds = 0.005
const discardBlock = 1024

export interface PlaybackOptions {
  readonly ring: Ring
  readonly controls: Int32Array
  readonly channels: number
  /** Hz of the ring, and of the device. */
  readonly from: number
  readonly to: number
  /** Seconds of live sound that should wait to be heard; without it the writer waits for room. */
  readonly live?: number | undefined
  /** The page may wait for a change of the controls. */
  readonly wake: () => void
}

/**
 * What the worklet does, free of the worklet: ring → time-stretch → concealment → one continuous resampler → ramps. Live
 * sound goes through a jitter buffer before it is stretched. `render` allocates nothing.
 */
export class Playback {
  readonly #ring: Ring
  readonly #controls: Int32Array
  readonly #wake: () => void
  readonly #live: JitterBuffer | undefined
  readonly #stretcher: Stretcher
  readonly #concealer: Concealer
  readonly #resampler: Resampler
  readonly #input: Float32Array[]
  /** The quantum that was given last: what an interrupt fades out. */
  readonly #last: Float32Array[]
  readonly #discarded: Float32Array
  readonly #channels: number
  readonly #rampStep: number
  #gain = 0
  #fadeOut = false
  #clock = 0

  constructor({ ring, controls, channels, from, to, live, wake }: PlaybackOptions) {
    const most = Math.ceil((quantum * from) / to) + 2 * Resampler.reach(from, to)
    this.#ring = ring
    this.#controls = controls
    this.#wake = wake
    this.#channels = channels
    this.#live = live === undefined ? undefined : new JitterBuffer(ring, from, live, quantum / to)
    this.#stretcher = new Stretcher(this.#live ?? ring, from, channels)
    this.#concealer = new Concealer(this.#stretcher, from, channels)
    this.#resampler = new Resampler(from, to, channels, most)
    this.#input = Array.from({ length: channels }, () => new Float32Array(most))
    this.#last = Array.from({ length: channels }, () => new Float32Array(quantum))
    this.#discarded = new Float32Array(discardBlock * channels)
    this.#rampStep = 1 / (rampSeconds * to)
  }

  /** Fills one quantum of planar output. */
  render(output: readonly Float32Array[]): void {
    const controls = this.#controls
    const clock = Atomics.load(controls, word.clock)
    if (clock & interruptFlag) this.discard()
    const wanted = Atomics.load(controls, word.wanted) === 1
    if (this.#live && wanted && !this.#fadeOut) this.#steer(this.#live)
    if (this.#fadeOut) {
      this.#fadeLast(output)
    } else if (!wanted && this.#gain === 0) {
      this.#silence(output)
    } else {
      this.#advance(output, wanted)
      this.#commit(output)
    }
    const roomWanted = Atomics.load(controls, word.roomWanted)
    if (roomWanted > 0 && this.#ring.room >= roomWanted) {
      Atomics.store(controls, word.roomWanted, 0)
      this.#wake()
    }
  }

  /** Carries an interrupt out: drops everything written before it. What sounds fades out in the next quantum. */
  discard(): void {
    const controls = this.#controls
    let target: number
    do {
      target = Atomics.load(controls, word.discardTo)
      this.#dropTo(target)
      Atomics.store(controls, word.clock, target)
      // A second interrupt may have come between; then its frame is a later one.
    } while (target !== Atomics.load(controls, word.discardTo))
    this.#cut(target)
    this.#live?.close()
    this.#setFlowing(0)
    this.#wake()
  }

  /** Takes out of the ring what lies before frame `target`. */
  #dropTo(target: number): void {
    let left = (target - this.#stretcher.read) & (clockSize - 1)
    while (left > 0) {
      const count = this.#ring.read(this.#discarded, Math.min(left, discardBlock))
      if (count === 0) break
      left -= count
    }
    this.#stretcher.reset(target)
  }

  /** What sounds fades out; after it frame `target` begins out of silence. */
  #cut(target: number): void {
    this.#clock = target
    this.#concealer.reset()
    this.#resampler.reset()
    this.#fadeOut = true
  }

  /** Lets live sound be looked at before the next quantum, and carries out what follows from it. */
  #steer(live: JitterBuffer): void {
    const controls = this.#controls
    const speed = this.#concealer.flowing ? Atomics.load(controls, word.rate) : 0
    const isOver = Atomics.load(controls, word.ended) === 1
    const jump = live.look(this.#stretcher.read - this.#clock, speed, this.#isQuiet(), isOver)
    if (jump > 0) this.#leaveOut(jump, live)
    Atomics.store(controls, word.slipped, live.slipped)
    Atomics.store(controls, word.resyncs, live.resyncs)
  }

  /** Leaves out the `frames` frames that would be heard next. */
  #leaveOut(frames: number, live: JitterBuffer): void {
    const old = this.#clock & (clockSize - 1)
    // What the time-stretch has read can't be put back; it is far less than what is ever left out.
    const target = Math.max(this.#clock + frames, this.#stretcher.read)
    const clock = target & (clockSize - 1)
    // `discardTo` is the page's alone. An interrupt that came before drops these frames, and more.
    if (Atomics.compareExchange(this.#controls, word.clock, old, clock) !== old) return this.discard()
    live.leftOut(target - this.#clock)
    this.#dropTo(target)
    this.#cut(target)
  }

  /** Whether the last quantum was a pause, or nearly. */
  #isQuiet(): boolean {
    let energy = 0
    for (let channel = 0; channel < this.#channels; channel++) {
      const last = this.#last[channel]!
      for (let n = 0; n < quantum; n++) energy += last[n]! * last[n]!
    }
    return energy < QUIET * quantum * this.#channels
  }

  #advance(output: readonly Float32Array[], wanted: boolean): void {
    const rate = Atomics.load(this.#controls, word.rate) / rateUnit
    this.#stretcher.rate = this.#live ? rate * this.#live.rate : rate
    const before = this.#concealer.flowing
    const needed = this.#resampler.needed(quantum)
    this.#concealer.pull(this.#input, needed)
    this.#resampler.process(this.#input, needed, output, quantum)
    this.#ramp(output, wanted ? 1 : 0)
    if (this.#concealer.flowing === before) return
    const missed = before && wanted && Atomics.load(this.#controls, word.ended) === 0
    if (missed) Atomics.add(this.#controls, word.underruns, 1)
    if (before) this.#live?.close()
    this.#setFlowing(this.#concealer.flowing ? 1 : 0)
    this.#wake()
  }

  /** Counts what was heard, unless an interrupt came while this quantum was made: then it is not given out. */
  #commit(output: readonly Float32Array[]): void {
    const controls = this.#controls
    const old = this.#clock & (clockSize - 1)
    const unheard = Math.max(0, this.#resampler.pending - this.#concealer.filled) * this.#stretcher.rate
    this.#clock = Math.max(this.#clock, Math.floor(this.#stretcher.position - unheard))
    const clock = this.#clock & (clockSize - 1)
    if (Atomics.compareExchange(controls, word.clock, old, clock) !== old) {
      this.discard()
      this.#fadeLast(output)
      return
    }
    for (let channel = 0; channel < this.#channels; channel++) this.#last[channel]!.set(output[channel]!)
    // Who waits for the end looks again when the last frame was heard.
    if (clock !== old && this.#clock === this.#stretcher.read && this.#ring.filled === 0) this.#wake()
  }

  #ramp(output: readonly Float32Array[], target: number): void {
    if (this.#gain === target) return
    for (let n = 0; n < quantum; n++) {
      if (this.#gain < target) this.#gain = Math.min(target, this.#gain + this.#rampStep)
      else this.#gain = Math.max(target, this.#gain - this.#rampStep)
      for (let channel = 0; channel < this.#channels; channel++) output[channel]![n]! *= this.#gain
    }
  }

  /** The last quantum backwards, fading: it begins where the sound was, and ends in silence. */
  #fadeLast(output: readonly Float32Array[]): void {
    for (let channel = 0; channel < this.#channels; channel++) {
      const last = this.#last[channel]!
      for (let n = 0; n < quantum; n++) output[channel]![n] = last[quantum - 1 - n]! * (1 - (n + 1) / quantum)
      last.fill(0)
    }
    this.#fadeOut = false
    // Whatever comes next was wanted or not by then; it has its own ramp out of silence.
    this.#gain = Atomics.load(this.#controls, word.wanted)
  }

  #silence(output: readonly Float32Array[]): void {
    for (let channel = 0; channel < this.#channels; channel++) {
      output[channel]!.fill(0)
      this.#last[channel]!.fill(0)
    }
  }

  #setFlowing(flowing: 0 | 1): void {
    Atomics.store(this.#controls, word.flowing, flowing)
  }
}
