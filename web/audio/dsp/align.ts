/** Below this energy per frame there is nothing to tell places apart by. */
const silence = 1e-9
/** A farther place has to be so much more alike than a nearer one: a tone is like itself in every period. */
const margin = 1.001

/**
 * Where `next` goes on from `last`: two pieces of the same stream, one channel each, that a decoder gave one by one.
 * @param expected the frame of `next` that should follow the last one of `last`
 * @param reach frames to either side that it may really be
 * @param window frames that are compared; at most as many as both pieces have before the seam
 * @returns that frame of `next`
 */
export function seamOf(
  last: Float32Array,
  next: Float32Array,
  expected: number,
  reach: number,
  window: number,
): number {
  const from = last.length - window
  let energy = 0
  for (let n = 0; n < window; n++) energy += last[from + n]! ** 2
  if (energy < silence * window) return expected
  const likeness = (seam: number, stride: number) => {
    let [product, size] = [0, silence]
    for (let n = 0; n < window; n += stride) {
      const sample = next[seam - window + n]!
      product += sample * last[from + n]!
      size += sample * sample
    }
    return product / Math.sqrt(size)
  }
  const search = (middle: number, most: number, step: number, stride: number) => {
    let best = middle
    let bestScore = -Infinity
    for (let distance = 0; distance <= most; distance += step) {
      for (const seam of distance === 0 ? [middle] : [middle - distance, middle + distance]) {
        if (seam < window || seam > next.length) continue
        const score = likeness(seam, stride)
        if (score > bestScore * (bestScore > 0 ? margin : 1)) {
          best = seam
          bestScore = score
        }
      }
    }
    return best
  }
  // Each frame is tried with every eighth sample; noise that is alike there is alike everywhere.
  const coarse = search(expected, reach, 1, 8)
  return search(coarse, 8, 1, 1)
}
