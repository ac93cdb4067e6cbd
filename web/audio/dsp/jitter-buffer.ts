import { rateUnit } from './controls.ts'
import { RateController } from './rate-controller.ts'
import type { Ring } from './ring.ts'
import type { FrameSource } from './stretcher.ts'

/** Mean square, full scale 1, under which what is heard is a pause, or nearly: −40 dB. */
export const QUIET = 1e-4

/**
 * What stands between the ring and the time-stretch while sound comes live. It gives nothing until enough waits, at the
 * beginning and whenever the ring has run dry: with nothing in reserve, sound would break off again with the next packet
 * that is late. While sound flows it keeps as much waiting. Nothing is allocated after the constructor.
 */
export class JitterBuffer implements FrameSource {
  readonly #ring: Ring
  readonly #sampleRate: number
  readonly #target: number
  readonly #quantum: number
  readonly #controller: RateController
  #isOpen = false

  /** @param target seconds of sound that should wait to be heard @param quantum seconds between two looks */
  constructor(ring: Ring, sampleRate: number, target: number, quantum: number) {
    this.#ring = ring
    this.#sampleRate = sampleRate
    this.#target = target * sampleRate
    this.#quantum = quantum
    this.#controller = new RateController(target)
  }

  /** What the page's playing speed is to be multiplied by. */
  get rate(): number {
    return this.#controller.rate
  }

  /** Frames left out so far, less those drawn out. */
  get slipped(): number {
    return Math.round(this.#controller.slipped * this.#sampleRate) | 0
  }

  /** Times that frames were left out at once. */
  get resyncs(): number {
    return this.#controller.resyncs
  }

  read(into: Float32Array, frames: number): number {
    return this.#isOpen ? this.#ring.read(into, frames) : 0
  }

  /**
   * Looks at what waits; to be called before each quantum. Whole numbers alone: a fraction would be an object.
   * @param ahead frames that were read and not heard
   * @param speed at which the last quantum sounded, without what this adds, × `rateUnit`; 0 when nothing did
   * @param isQuiet whether what was heard last is a pause
   * @param isOver whether nothing more will come: then all that is there is played as it is
   * @returns frames to leave out at once
   */
  look(ahead: number, speed: number, isQuiet: boolean, isOver: boolean): number {
    const filled = this.#ring.filled
    if (!this.#isOpen) {
      if (filled === 0 || (filled < this.#target && !isOver)) return 0
      this.#isOpen = true
    } else if (speed === 0) {
      return 0
    }
    if (isOver) {
      this.#controller.reset()
      return 0
    }
    const elapsed = (this.#quantum * speed) / rateUnit
    const jump = this.#controller.update((filled + ahead) / this.#sampleRate, elapsed, isQuiet)
    return Math.round(jump * this.#sampleRate) | 0
  }

  /** Counts frames that were left out at once. */
  leftOut(frames: number): void {
    this.#controller.leftOut(frames / this.#sampleRate)
  }

  /** The ring has run dry, or what it held was thrown away: gathers anew. */
  close(): void {
    this.#isOpen = false
    this.#controller.reset()
  }
}
