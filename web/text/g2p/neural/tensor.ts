/**
 * out = weight · x + bias for one vector. `weight` is [rows, x.length], row-major, as a linear layer stores it; rows a
 * multiple of four are taken four at a time, so that each x is read once for four independent sums.
 */
export function linear(
  out: Float32Array,
  weight: Float32Array,
  bias: Float32Array | undefined,
  x: Float32Array,
  rows: number,
): void {
  const width = x.length
  let row = 0
  for (; row + 4 <= rows; row += 4) {
    let at = row * width
    let a = 0
    let b = 0
    let c = 0
    let d = 0
    for (let i = 0; i < width; i++, at++) {
      const value = x[i]!
      a += weight[at]! * value
      b += weight[at + width]! * value
      c += weight[at + 2 * width]! * value
      d += weight[at + 3 * width]! * value
    }
    out[row] = a
    out[row + 1] = b
    out[row + 2] = c
    out[row + 3] = d
  }
  for (; row < rows; row++) {
    let sum = 0
    for (let i = 0; i < width; i++) sum += weight[row * width + i]! * x[i]!
    out[row] = sum
  }
  if (bias) for (let i = 0; i < rows; i++) out[i] = out[i]! + bias[i]!
}

/** In place; `x` becomes (x − mean) / √(variance + eps) · scale + shift. */
export function layerNorm(x: Float32Array, scale: Float32Array, shift: Float32Array, eps: number): void {
  let mean = 0
  for (const value of x) mean += value
  mean /= x.length
  let variance = 0
  for (const value of x) variance += (value - mean) ** 2
  const factor = 1 / Math.sqrt(variance / x.length + eps)
  for (let i = 0; i < x.length; i++) x[i] = (x[i]! - mean) * factor * scale[i]! + shift[i]!
}

/** In place, the exact form x·Φ(x); erf by Abramowitz and Stegun 7.1.26, error under 1.5e-7. */
export function gelu(x: Float32Array): void {
  for (let i = 0; i < x.length; i++) {
    const value = x[i]!
    const z = Math.abs(value) * Math.SQRT1_2
    const t = 1 / (1 + 0.3275911 * z)
    const tail =
      t *
      (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))) *
      Math.exp(-z * z)
    x[i] = value >= 0 ? value * (1 - 0.5 * tail) : value * 0.5 * tail
  }
}

/** One head of attention for one query: Σ softmax(q·kᵢ/√n) vᵢ. */
export function attend(
  out: Float32Array,
  query: Float32Array,
  keys: readonly Float32Array[],
  values: readonly Float32Array[],
): void {
  const scale = 1 / Math.sqrt(query.length)
  const weights = keys.map(key => {
    let sum = 0
    for (let i = 0; i < query.length; i++) sum += query[i]! * key[i]!
    return sum * scale
  })
  const highest = Math.max(...weights)
  let total = 0
  for (let i = 0; i < weights.length; i++) total += weights[i] = Math.exp(weights[i]! - highest)
  out.fill(0)
  values.forEach((value, index) => {
    const weight = weights[index]! / total
    for (let i = 0; i < out.length; i++) out[i] = out[i]! + weight * value[i]!
  })
}
