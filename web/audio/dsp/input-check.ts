import { HighPass } from './high-pass.ts'

/** What is wrong with sound that comes in; types.ts of capture says what each means. */
export type InputTrouble = 'silent' | 'clipping' | 'narrow'

/** −70 dBFS. Quieter than that for `SILENT_SECONDS` is no room with people in it, but a microphone that is off. */
export const SILENT_PEAK = 10 ** (-70 / 20)
export const SILENT_SECONDS = 5
/** Two samples in a row at this level were cut off. One alone may be the top of a wave. */
export const FULL_SCALE = 0.999
/** Clipping is said when so many of the last windows were cut off, and no more when none is. */
export const CLIPPED_WINDOWS = 10
export const CLIPPING_WINDOWS = 100
/** Telephones end below this, Hz; speech through anything better goes well beyond. */
export const NARROW_EDGE = 6_000
/** Share of the energy above the edge that even a noise-suppressed voice has. */
const narrowShare = 1e-6
/** Seconds of sound, pauses left out, that the bandwidth is judged by: several sibilants. */
export const NARROW_SECONDS = 5
/** −50 dBFS: windows below tell nothing about the bandwidth. */
const audiblePower = 1e-5
/** Seconds of one window. */
const windowSeconds = 0.02

/** Listens to a stream of one channel, and says what is wrong with it. Allocates nothing after the constructor. */
export class InputCheck {
  readonly #window: number
  readonly #silentFrames: number
  readonly #above: HighPass | undefined
  /** Which of the last windows were cut off. */
  readonly #clipped = new Uint8Array(CLIPPING_WINDOWS)
  readonly #narrowWindows: number
  #peak = 0
  #quiet = 0
  #loudRun = 0
  #windowClips = false
  #filled = 0
  #windows = 0
  #clippedCount = 0
  #clipping = false
  #power = 0
  #powerAbove = 0
  #audible = 0
  #total = 0
  #totalAbove = 0
  #narrow: boolean

  /** @param deviceRate Hz that the device itself works at, where it is known: the browser may have raised it */
  constructor(sampleRate: number, deviceRate = sampleRate) {
    this.#window = Math.max(1, Math.round(sampleRate * windowSeconds))
    this.#silentFrames = Math.round(sampleRate * SILENT_SECONDS)
    this.#narrowWindows = Math.round(NARROW_SECONDS / windowSeconds)
    this.#narrow = Math.min(sampleRate, deviceRate) <= 2 * NARROW_EDGE
    this.#above = this.#narrow ? undefined : new HighPass(NARROW_EDGE, sampleRate)
  }

  /** The peak since this was last called, 0…1. */
  takeLevel(): number {
    const level = Math.min(1, this.#peak)
    this.#peak = 0
    return level
  }

  /** The worst first. */
  get trouble(): InputTrouble | undefined {
    if (this.#quiet >= this.#silentFrames) return 'silent'
    if (this.#clipping) return 'clipping'
    return this.#narrow ? 'narrow' : undefined
  }

  hear(samples: Float32Array): void {
    for (let n = 0; n < samples.length; n++) this.#take(samples[n]!)
  }

  #take(sample: number): void {
    const size = Math.abs(sample)
    if (size > this.#peak) this.#peak = size
    this.#quiet = size < SILENT_PEAK ? this.#quiet + 1 : 0
    this.#loudRun = size >= FULL_SCALE ? this.#loudRun + 1 : 0
    if (this.#loudRun >= 2) this.#windowClips = true
    this.#power += sample * sample
    if (this.#above) this.#powerAbove += this.#above.next(sample) ** 2
    this.#filled += 1
    if (this.#filled === this.#window) this.#endWindow()
  }

  #endWindow(): void {
    this.#judgeClipping()
    if (this.#above && this.#power / this.#window >= audiblePower) this.#judgeBandwidth()
    this.#filled = 0
    this.#power = 0
    this.#powerAbove = 0
    this.#windowClips = false
  }

  #judgeClipping(): void {
    const at = this.#windows % CLIPPING_WINDOWS
    this.#clippedCount += Number(this.#windowClips) - this.#clipped[at]!
    this.#clipped[at] = Number(this.#windowClips)
    this.#windows += 1
    this.#clipping = this.#clippedCount >= CLIPPED_WINDOWS || (this.#clipping && this.#clippedCount > 0)
  }

  #judgeBandwidth(): void {
    this.#total += this.#power
    this.#totalAbove += this.#powerAbove
    this.#audible += 1
    if (this.#audible < this.#narrowWindows) return
    this.#narrow = this.#totalAbove < narrowShare * this.#total
    this.#audible = 0
    this.#total = 0
    this.#totalAbove = 0
  }
}
