/** Root mean square of what alternates in `samples`: a constant offset, which bad converters add, does not count. */
export function loudness(samples: Float32Array): number {
  if (samples.length === 0) return 0
  let sum = 0
  let squares = 0
  for (let n = 0; n < samples.length; n++) {
    sum += samples[n]!
    squares += samples[n]! * samples[n]!
  }
  const mean = sum / samples.length
  return Math.sqrt(Math.max(0, squares / samples.length - mean * mean))
}
