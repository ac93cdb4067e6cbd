import type { Stretcher } from './stretcher.ts'

/** Seconds of the fade where sound breaks off, and of the ramp where it comes back. */
const fadeSeconds = 0.005

/**
 * Fills in where the source runs dry: the last milliseconds mirrored and faded, then silence, so that nothing clicks.
 * When sound comes back it is ramped up. Sound itself is neither lost nor repeated.
 */
export class Concealer {
  readonly #stretcher: Stretcher
  readonly #channels: number
  readonly #fade: number
  /** The last frames given, oldest first. */
  readonly #past: Float32Array[]
  readonly #tail: Float32Array[]
  /** Frames of the tail, and of the ramp, that were given; both at their end when nothing is to be done. */
  #tailAt: number
  #rampAt: number
  #flowing = false
  #filled = 0

  constructor(stretcher: Stretcher, sampleRate: number, channels: number) {
    this.#stretcher = stretcher
    this.#channels = channels
    this.#fade = Math.max(1, Math.round(sampleRate * fadeSeconds))
    this.#past = Array.from({ length: channels }, () => new Float32Array(this.#fade))
    this.#tail = Array.from({ length: channels }, () => new Float32Array(this.#fade))
    this.#tailAt = this.#fade
    this.#rampAt = 0
  }

  /** Whether the last frame given was the source's. */
  get flowing(): boolean {
    return this.#flowing
  }

  /** Frames made up since the source's last. */
  get filled(): number {
    return this.#filled
  }

  /** Forgets the past: the next frame begins out of silence. */
  reset(): void {
    for (let channel = 0; channel < this.#channels; channel++) this.#past[channel]!.fill(0)
    this.#tailAt = this.#fade
    this.#rampAt = 0
    this.#flowing = false
    this.#filled = 0
  }

  /** Writes exactly `frames` planar frames. @returns how many are the source's; those come first */
  pull(into: readonly Float32Array[], frames: number): number {
    const real = this.#stretcher.pull(into, frames)
    if (real > 0) {
      if (!this.#flowing) this.#rampAt = 0
      this.#flowing = true
      this.#filled = 0
      this.#blend(into, real)
      this.#remember(into, real)
    }
    if (real < frames) {
      if (this.#flowing) this.#breakOff()
      this.#filled += frames - real
      this.#makeUp(into, real, frames)
    }
    return real
  }

  /** Ramps sound up that comes back, over what is left of the tail. */
  #blend(into: readonly Float32Array[], frames: number): void {
    const count = Math.min(frames, this.#fade - this.#rampAt)
    for (let n = 0; n < count; n++) {
      const gain = (this.#rampAt + n) / this.#fade
      for (let channel = 0; channel < this.#channels; channel++) {
        const target = into[channel]!
        const tail = this.#tailAt + n < this.#fade ? this.#tail[channel]![this.#tailAt + n]! : 0
        target[n] = target[n]! * gain + tail
      }
    }
    this.#rampAt += Math.max(0, count)
    this.#tailAt = Math.min(this.#fade, this.#tailAt + frames)
  }

  #remember(into: readonly Float32Array[], frames: number): void {
    const count = Math.min(frames, this.#fade)
    for (let channel = 0; channel < this.#channels; channel++) {
      const past = this.#past[channel]!
      past.copyWithin(0, count)
      for (let n = 0; n < count; n++) past[this.#fade - count + n] = into[channel]![frames - count + n]!
    }
  }

  #breakOff(): void {
    this.#flowing = false
    this.#tailAt = 0
    for (let channel = 0; channel < this.#channels; channel++) {
      for (let n = 0; n < this.#fade; n++) {
        this.#tail[channel]![n] = this.#past[channel]![this.#fade - 1 - n]! * (1 - (n + 1) / (this.#fade + 1))
      }
    }
  }

  #makeUp(into: readonly Float32Array[], from: number, to: number): void {
    for (let n = from; n < to; n++) {
      for (let channel = 0; channel < this.#channels; channel++) {
        into[channel]![n] = this.#tailAt < this.#fade ? this.#tail[channel]![this.#tailAt]! : 0
      }
      if (this.#tailAt < this.#fade) this.#tailAt += 1
    }
  }
}
