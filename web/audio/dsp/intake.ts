import { SeamError } from '#protocol/errors.ts'
import { Resampler } from './resampler.ts'

/** Input frames that are converted in one go. */
const block = 4096

/** Interleaved frames at the ring's rate and channel count. Holds until the next call. */
export interface Frames {
  readonly samples: Float32Array
  readonly frames: number
  /** Seconds by which the first frame lies before the first one of the chunk. */
  readonly behind: number
}

/**
 * Brings chunks of any rate and channel count to those of the ring. Chunks of one rate that follow each other are one
 * stream: their seams are not heard. Samples that are not numbers become silence.
 */
export class Intake {
  readonly #sampleRate: number
  readonly #channels: 1 | 2
  #out = new Float32Array(0)
  #resampler: Resampler | undefined
  #from: number

  constructor(sampleRate: number, channels: 1 | 2) {
    this.#sampleRate = sampleRate
    this.#channels = channels
    this.#from = sampleRate
  }

  /** @throws SeamError bad-input, unsupported (a rate that can't be converted) */
  take(samples: Float32Array, sampleRate: number, channels: 1 | 2): Frames {
    if ((channels !== 1 && channels !== 2) || samples.length % channels !== 0) {
      throw new SeamError('bad-input', 'A chunk of sound must have one or two channels, with whole frames.')
    }
    const ends = sampleRate === this.#from ? undefined : this.finish()
    this.#use(sampleRate)
    const before = ends?.frames ?? 0
    const count = samples.length / channels
    const resampler = this.#resampler
    const most = Math.ceil((count * this.#sampleRate) / sampleRate) + 2
    this.#grow(before + most)
    if (!resampler) {
      this.#mix(samples, channels, 0, count, this.#out, before)
      return { samples: this.#out, frames: before + count, behind: before / this.#sampleRate }
    }
    const behind = resampler.pending / sampleRate + before / this.#sampleRate
    let frames = before
    for (let start = 0; start < count; start += block) {
      const length = Math.min(block, count - start)
      const mixed = new Float32Array(length * this.#channels)
      this.#mix(samples, channels, start, length, mixed, 0)
      frames = this.#convert(resampler, mixed, length, frames)
    }
    return { samples: this.#out, frames, behind }
  }

  /** What the resampler still holds back; the next chunk begins anew. */
  finish(): Frames {
    const resampler = this.#resampler
    if (!resampler || resampler.pending === 0) return { samples: this.#out, frames: 0, behind: 0 }
    const behind = resampler.pending / this.#from
    const left = Math.ceil(behind * this.#sampleRate)
    const reach = Resampler.reach(this.#from, this.#sampleRate)
    this.#grow(left + 2 * reach)
    const made = this.#convert(resampler, new Float32Array(reach * this.#channels), reach, 0)
    resampler.reset()
    return { samples: this.#out, frames: Math.min(left, made), behind }
  }

  /** Forgets what the resampler holds back. */
  reset(): void {
    this.#resampler?.reset()
  }

  #use(sampleRate: number): void {
    if (sampleRate === this.#from) return
    this.#resampler =
      sampleRate === this.#sampleRate ? undefined : new Resampler(sampleRate, this.#sampleRate, this.#channels, block)
    this.#from = sampleRate
  }

  #grow(frames: number): void {
    const length = frames * this.#channels
    if (this.#out.length >= length) return
    const bigger = new Float32Array(length)
    bigger.set(this.#out)
    this.#out = bigger
  }

  /** Writes frames with the ring's channels, interleaved. */
  #mix(from: Float32Array, channels: 1 | 2, start: number, count: number, to: Float32Array, offset: number): void {
    for (let n = 0; n < count; n++) {
      const at = (start + n) * channels
      const left = finite(from[at]!)
      const right = channels === 2 ? finite(from[at + 1]!) : left
      const target = (offset + n) * this.#channels
      if (this.#channels === 2) {
        to[target] = left
        to[target + 1] = right
      } else {
        to[target] = channels === 2 ? (left + right) / 2 : left
      }
    }
  }

  /** Converts interleaved frames into `#out`, from frame `at` on. @returns where it ends */
  #convert(resampler: Resampler, mixed: Float32Array, count: number, at: number): number {
    const channels = this.#channels
    const most = Math.ceil(((count + 1) * this.#sampleRate) / this.#from) + 2
    const input: Float32Array[] = []
    const output: Float32Array[] = []
    for (let channel = 0; channel < channels; channel++) {
      input.push(Float32Array.from({ length: count }, (_, n) => mixed[n * channels + channel]!))
      output.push(new Float32Array(most))
    }
    const made = resampler.process(input, count, output, most)
    this.#grow(at + made)
    for (let channel = 0; channel < channels; channel++) {
      for (let n = 0; n < made; n++) this.#out[(at + n) * channels + channel] = output[channel]![n]!
    }
    return at + made
  }
}

function finite(sample: number): number {
  return Number.isFinite(sample) ? sample : 0
}
