/** Seconds too much or too little that nobody notices, and that packets cause by coming one by one. */
export const DEAD_BAND = 0.02
/** Seconds up to which a small, steady change of speed is enough. */
export const STEADY_BAND = 0.1
/** Half a per cent: heard by nobody. */
export const MAX_STEADY = 0.005
/** Eight per cent, in frames that are quiet: there the cuts of the time-stretch are not heard either. */
export const MAX_SLIP = 0.08
/** Seconds behind at which sound is left out at once: more is no conversation. */
export const MAX_DRIFT = 0.5
/** Where a correction that has begun ends: well inside the dead band, so that it does not begin again at once. */
const settled = DEAD_BAND / 4
/** Seconds over which the level is averaged for the steady correction. */
const averaged = 0.5

/**
 * Keeps a listener at a steady distance behind sound that comes over a network, while clocks differ, packets are late
 * and connections stall. It decides; the player's worklet carries it out, by its playing speed and by leaving frames out.
 * A sender that is ahead because it makes sound faster than it is heard is to be held back, not hurried after.
 */
export class RateController {
  readonly #target: number
  #drift = 0
  #rate = 1
  #slipped = 0
  #resyncs = 0

  /** @param target seconds of sound that should wait to be heard */
  constructor(target: number) {
    this.#target = target
  }

  /** Playing speed from now on. */
  get rate(): number {
    return this.#rate
  }

  /** Seconds left out so far, by the speed or at once, less those that the speed has drawn out. */
  get slipped(): number {
    return this.#slipped
  }

  /** Times that sound was left out at once. */
  get resyncs(): number {
    return this.#resyncs
  }

  /**
   * Looks at how much waits. To be called every few hundredths of a second, or more often, while sound flows.
   * @param waiting seconds of sound that came and was not heard
   * @param elapsed seconds of sound since the last look, as they are at a rate of 1
   * @param quiet whether what is heard now is a pause, or nearly
   * @returns seconds to leave out at once, with a fade; 0 as a rule. Whoever does so says so to `leftOut`
   */
  update(waiting: number, elapsed: number, quiet: boolean): number {
    this.#slipped += (this.#rate - 1) * elapsed
    const drift = waiting - this.#target
    if (drift > MAX_DRIFT) {
      this.reset()
      return drift
    }
    this.#drift += (drift - this.#drift) * Math.min(1, elapsed / averaged)
    this.#rate = 1 + this.#correction(drift, quiet)
    return 0
  }

  /** Counts seconds that were left out at once. */
  leftOut(seconds: number): void {
    this.#resyncs += 1
    this.#slipped += seconds
  }

  /** Sound begins anew: how it came until now says nothing. The counts stay. */
  reset(): void {
    this.#drift = 0
    this.#rate = 1
  }

  #correction(drift: number, quiet: boolean): number {
    if (Math.abs(drift) > STEADY_BAND) return Math.sign(drift) * (quiet ? MAX_SLIP : MAX_STEADY)
    const least = this.#rate === 1 ? DEAD_BAND : settled
    return Math.abs(this.#drift) > least ? Math.sign(this.#drift) * MAX_STEADY : 0
  }
}
