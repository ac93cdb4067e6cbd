/** What one channel adds to the left and to the right. */
type Gains = readonly [left: number, right: number]

const half = Math.SQRT1_2
const left: Gains = [1, 0]
const right: Gains = [0, 1]
const both: Gains = [half, half]
const leftSide: Gains = [half, 0]
const rightSide: Gains = [0, half]
/** Left out of a mix, as ITU-R BS.775 has it: what is down there is in the other channels, too. */
const bass: Gains = [0, 0]

/** By the number of channels, in the order of WAVE files, which decoders keep as well. */
const layouts: Readonly<Record<number, readonly Gains[]>> = {
  1: [both],
  2: [left, right],
  3: [left, right, both],
  4: [left, right, leftSide, rightSide],
  5: [left, right, both, leftSide, rightSide],
  6: [left, right, both, bass, leftSide, rightSide],
  7: [left, right, both, bass, both, leftSide, rightSide],
  8: [left, right, both, bass, leftSide, rightSide, leftSide, rightSide],
}

/** Gains of each channel, scaled so that full scale on every channel is full scale in the mix. */
function gainsOf(channels: number, to: 1 | 2): readonly Gains[] {
  // Of more than eight nobody knows where they belong: each is heard as much as the others.
  const layout = layouts[channels] ?? Array.from({ length: channels }, () => both)
  const stereo = to === 1 ? layout.map<Gains>(([l, r]) => [l + r, 0]) : layout
  const most = Math.max(...[0, 1].map(side => stereo.reduce((sum, gains) => sum + gains[side]!, 0)))
  return stereo.map(([l, r]) => [l / most, r / most])
}

/**
 * Mixes planar channels down to one or two, interleaved, as ITU-R BS.775 does, and never louder than full scale.
 * Samples that are not numbers become silence.
 */
export class MixDown {
  readonly #gains: readonly Gains[]
  readonly #to: 1 | 2

  constructor(channels: number, to: 1 | 2) {
    this.#gains = gainsOf(channels, to)
    this.#to = to
  }

  /** Writes `frames` frames of `planes`, from frame `start`, as the frames of `into` from `at` on. */
  mix(planes: readonly Float32Array[], start: number, frames: number, into: Float32Array, at: number): void {
    const to = this.#to
    into.fill(0, at * to, (at + frames) * to)
    for (let channel = 0; channel < this.#gains.length; channel++) {
      const plane = planes[channel]!
      for (let side = 0; side < to; side++) {
        const gain = this.#gains[channel]![side]!
        if (gain === 0) continue
        for (let n = 0; n < frames; n++) {
          const sample = plane[start + n]!
          if (Number.isFinite(sample)) into[(at + n) * to + side]! += gain * sample
        }
      }
    }
  }
}
