/** Second-order sections: 144 dB an octave in all, so that nothing of a telephone's band comes through. */
const sections = 12

/**
 * A Butterworth high-pass as a chain of biquads (Bristow-Johnson's cookbook), its state kept between calls.
 * Nothing is allocated after the constructor.
 */
export class HighPass {
  readonly #coefficients: Float64Array
  readonly #state = new Float64Array(sections * 2)

  /** @param edge Hz of the −3 dB point, below half of `sampleRate` */
  constructor(edge: number, sampleRate: number) {
    const omega = (2 * Math.PI * edge) / sampleRate
    const cos = Math.cos(omega)
    this.#coefficients = new Float64Array(sections * 5)
    for (let section = 0; section < sections; section++) {
      const quality = 1 / (2 * Math.cos((Math.PI * (2 * section + 1)) / (4 * sections)))
      const alpha = Math.sin(omega) / (2 * quality)
      const scale = 1 / (1 + alpha)
      this.#coefficients.set(
        [((1 + cos) / 2) * scale, -(1 + cos) * scale, ((1 + cos) / 2) * scale, -2 * cos * scale, (1 - alpha) * scale],
        section * 5,
      )
    }
  }

  /** The next sample, filtered. */
  next(sample: number): number {
    const c = this.#coefficients
    const s = this.#state
    let value = sample
    for (let section = 0; section < sections; section++) {
      const at = section * 5
      const keep = section * 2
      // Transposed direct form II: two numbers of state for each section.
      const out = c[at]! * value + s[keep]!
      s[keep] = c[at + 1]! * value - c[at + 3]! * out + s[keep + 1]!
      s[keep + 1] = c[at + 2]! * value - c[at + 4]! * out
      value = out
    }
    return value
  }
}
