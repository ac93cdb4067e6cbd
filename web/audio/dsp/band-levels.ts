/** Frames a second. */
export const LEVEL_RATE = 100
/** Middles of the bands, Hz: where speech differs from moment to moment, and most loudspeakers still sound. */
const middles = [250, 400, 630, 1000, 1500, 2200, 3200, 4800]
export const LEVEL_BANDS = middles.length
/** The level of silence: nothing is told apart below −75 dB of full scale. */
export const SILENT_LEVEL = -7.5
const floor = 10 ** SILENT_LEVEL

/** How loud sound is in bands, ten milliseconds at a time. One biquad (Bristow-Johnson's cookbook) for each band. */
export class BandLevels {
  readonly #frame: number
  readonly #coefficients: Float64Array
  readonly #state = new Float64Array(LEVEL_BANDS * 2)
  readonly #sums = new Float64Array(LEVEL_BANDS)
  readonly #levels = new Float32Array(LEVEL_BANDS)
  #taken = 0

  /** @param sampleRate Hz, 16,000 or more */
  constructor(sampleRate: number) {
    this.#frame = Math.round(sampleRate / LEVEL_RATE)
    this.#coefficients = new Float64Array(LEVEL_BANDS * 3)
    for (const [band, middle] of middles.entries()) {
      const omega = (2 * Math.PI * middle) / sampleRate
      // About two thirds of an octave wide.
      const alpha = Math.sin(omega) / (2 * 2.1)
      const scale = 1 / (1 + alpha)
      this.#coefficients.set([alpha * scale, -2 * Math.cos(omega) * scale, (1 - alpha) * scale], band * 3)
    }
  }

  /** Calls `tell` with log10 of each band's mean square, LEVEL_BANDS numbers that hold until the next call. */
  take(samples: Float32Array, tell: (levels: Float32Array) => void): void {
    for (const sample of samples) {
      this.#add(Number.isFinite(sample) ? sample : 0)
      if (++this.#taken < this.#frame) continue
      this.#taken = 0
      for (let band = 0; band < LEVEL_BANDS; band++) {
        this.#levels[band] = Math.log10(this.#sums[band]! / this.#frame + floor)
      }
      this.#sums.fill(0)
      tell(this.#levels)
    }
  }

  #add(sample: number): void {
    const c = this.#coefficients
    const s = this.#state
    for (let band = 0; band < LEVEL_BANDS; band++) {
      const at = band * 3
      const keep = band * 2
      const gain = c[at]!
      const out = gain * sample + s[keep]!
      s[keep] = s[keep + 1]! - c[at + 1]! * out
      s[keep + 1] = -gain * sample - c[at + 2]! * out
      this.#sums[band]! += out * out
    }
  }
}
