// Sounds whose truth is known, for tests and benches.

/** Random numbers 0…1 that are the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A sine of `frames` frames, mono, phase 0 at frame 0. */
export function sine(frequency: number, sampleRate: number, frames: number, amplitude = 1): Float32Array<ArrayBuffer> {
  return Float32Array.from(
    { length: frames },
    (_, n) => amplitude * Math.sin((2 * Math.PI * frequency * n) / sampleRate),
  )
}

/** The largest step from one sample to the next: what a click is told by. */
export const steepest = (samples: Float32Array): number =>
  samples.reduce((most, sample, n) => (n ? Math.max(most, Math.abs(sample - samples[n - 1]!)) : 0), 0)

export const loudest = (samples: Float32Array): number =>
  samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)

/** The frequency of a clean tone, Hz, from its zero crossings upwards. */
export function frequencyOf(samples: Float32Array, sampleRate: number): number {
  let first = -1
  let last = -1
  let crossings = 0
  for (let n = 1; n < samples.length; n++) {
    const before = samples[n - 1]!
    const after = samples[n]!
    if (before >= 0 || after < 0) continue
    const at = n - 1 + before / (before - after)
    if (first < 0) first = at
    else crossings += 1
    last = at
  }
  return (crossings * sampleRate) / (last - first)
}
