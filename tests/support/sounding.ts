/** Without the silence before and after it: half a minute of that, and a recogniser hears nothing at all. */
export function sounding(samples: Float32Array, sampleRate: number): Float32Array {
  const isLoud = (sample: number) => Math.abs(sample) > 0.01
  return samples.slice(samples.findIndex(isLoud), samples.findLastIndex(isLoud) + sampleRate / 4)
}
