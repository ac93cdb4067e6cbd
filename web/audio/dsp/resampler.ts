import { SeamError } from '#protocol/errors.ts'

/** Zero crossings of the sinc on each side. With the window below: flat to 0.86 of the lower Nyquist frequency. */
const zeroCrossings = 48
/** Kaiser's β for 100 dB of stop band (Kaiser 1974: 0.1102 · (A − 8.7)). */
const beta = 10.06
/** The edge lies half a transition band below Nyquist, so that nothing folds back. */
const edge = 0.933
/** More phases than any pair of standard rates needs; beyond it the table would grow to megabytes. */
const mostPhases = 1024

/**
 * Changes the sample rate of a stream, band-limited (polyphase windowed sinc), with its state kept between calls: how
 * the stream is cut into calls changes no sample. Output frame n lies exactly at input time n · from / to. Channels
 * are planar. Nothing is allocated after the constructor.
 */
export class Resampler {
  readonly #channels: number
  readonly #phases: number
  readonly #step: number
  readonly #half: number
  readonly #taps: number
  readonly #filter: Float32Array
  readonly #lines: Float32Array[]
  /** Frames in the lines. */
  #filled = 0
  /** The first tap of the next output frame, as an index into the lines, and the phase it lies at. */
  #base = 0
  #phase = 0

  /** Input frames to each side of a time that the output there depends on. */
  static reach(from: number, to: number): number {
    return from === to ? 1 : Math.ceil(zeroCrossings * Math.max(1, from / to))
  }

  /** Whether there is a filter for these rates. */
  static supports(from: number, to: number): boolean {
    return to / commonDivisor(from, to) <= mostPhases
  }

  /** Rates in Hz. `most` is how many input frames one call may bring. @throws SeamError unsupported, bad-input */
  constructor(from: number, to: number, channels: number, most: number) {
    if (!Number.isInteger(from) || !Number.isInteger(to) || from < 1 || to < 1) {
      throw new SeamError('bad-input', `Sample rates are whole numbers of Hz; ${from} to ${to} can't be converted.`)
    }
    const shared = commonDivisor(from, to)
    this.#channels = channels
    this.#phases = to / shared
    this.#step = from / shared
    if (!Resampler.supports(from, to)) {
      throw new SeamError('unsupported', `Sound at ${from} Hz can't be converted to ${to} Hz: use a standard rate.`)
    }
    const cutoff = Math.min(1, to / from)
    this.#half = Resampler.reach(from, to)
    this.#taps = 2 * this.#half
    this.#filter = from === to ? Float32Array.of(1, 0) : design(this.#phases, this.#half, cutoff * edge)
    this.#lines = Array.from({ length: channels }, () => new Float32Array(2 * this.#taps + most))
    this.reset()
  }

  /** Input frames taken whose time the output has not come to. */
  get pending(): number {
    return this.#filled - this.#base - (this.#half - 1)
  }

  /** How many input frames the next `frames` output frames wait for. */
  needed(frames: number): number {
    const last = this.#base + Math.floor((this.#phase + (frames - 1) * this.#step) / this.#phases)
    return Math.max(0, last + this.#taps - this.#filled)
  }

  /** Takes `count` input frames, and writes as many output frames as they allow, at most `most`. @returns how many */
  process(input: readonly Float32Array[], count: number, output: readonly Float32Array[], most: number): number {
    this.#take(input, count)
    // Locals: engines don't keep fields in registers across stores, and this is the hottest loop of the worklet.
    const taps = this.#taps
    const filter = this.#filter
    let made = 0
    while (made < most && this.#base + taps <= this.#filled) {
      const base = this.#base
      const row = this.#phase * taps
      for (let channel = 0; channel < this.#channels; channel++) {
        const line = this.#lines[channel]!
        let sum = 0
        for (let tap = 0; tap < taps; tap++) sum += filter[row + tap]! * line[base + tap]!
        output[channel]![made] = sum
      }
      made += 1
      this.#phase += this.#step
      while (this.#phase >= this.#phases) {
        this.#phase -= this.#phases
        this.#base += 1
      }
    }
    return made
  }

  /** Forgets what was taken; the next input frame is the first. */
  reset(): void {
    for (let channel = 0; channel < this.#channels; channel++) this.#lines[channel]!.fill(0)
    this.#filled = this.#half - 1
    this.#base = 0
    this.#phase = 0
  }

  #take(input: readonly Float32Array[], count: number): void {
    // When going down by a lot, the next frame may begin beyond what has come.
    const drop = Math.min(this.#base, this.#filled)
    for (let channel = 0; channel < this.#channels; channel++) {
      const line = this.#lines[channel]!
      line.copyWithin(0, drop, this.#filled)
      const from = input[channel]!
      const at = this.#filled - drop
      for (let frame = 0; frame < count; frame++) line[at + frame] = from[frame]!
    }
    this.#filled += count - drop
    this.#base -= drop
  }
}

/** Windowed-sinc coefficients, one row of 2 · half taps for each phase. Each row sums to 1, so DC passes unchanged. */
function design(phases: number, half: number, cutoff: number): Float32Array {
  const taps = 2 * half
  const filter = new Float32Array(phases * taps)
  const row = new Float64Array(taps)
  for (let phase = 0; phase < phases; phase++) {
    let sum = 0
    for (let tap = 0; tap < taps; tap++) {
      const x = tap - (half - 1) - phase / phases
      const value = sinc(cutoff * x) * kaiser(x / half)
      row[tap] = value
      sum += value
    }
    for (let tap = 0; tap < taps; tap++) filter[phase * taps + tap] = row[tap]! / sum
  }
  return filter
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x)
}

/** Kaiser's window at −1…1. */
function kaiser(x: number): number {
  return Math.abs(x) >= 1 ? 0 : bessel(beta * Math.sqrt(1 - x * x)) / bessel(beta)
}

/** Modified Bessel function of the first kind, order 0, by its series. */
function bessel(x: number): number {
  let term = 1
  let sum = 1
  for (let n = 1; term > sum * 1e-16; n++) {
    term *= (x / (2 * n)) ** 2
    sum += term
  }
  return sum
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b)
}
