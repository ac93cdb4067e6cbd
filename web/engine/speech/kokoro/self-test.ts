import { KOKORO_SAMPLE_RATE } from './meta.ts'

/** "The quick brown fox." — long enough to hold every kind of sound, short enough for a slow GPU. */
export const PROBE_PHONEMES = 'ðə kwˈɪk bɹˈWn fˈɑks.'
export const PROBE_VOICE = [{ id: 'af_heart', weight: 1 }] as const

export type Fault = 'length' | 'broken' | 'high-frequencies' | 'spectrum'

/** Bounds between sound made by WebGPU and by WASM from the same weights. Correct adapters measured 0.0003 and 0.03. */
const HIGH_SHARE_BOUND = 0.05
const SPECTRUM_BOUND = 0.3

/** Above this a voice has hiss and sibilants; garbage from a faulty GPU piles up here. Hz. */
const HIGH = 6000
const SIZE = 512

/**
 * Whether a device speaks as it should. Some GPUs, and ConvTranspose in fp16 on many, give the same wrong sound every
 * time, with no error: nobody would notice but the listener.
 * @param reference sound of the WASM device; 24 kHz mono
 * @param candidate sound of the device on trial, from the same phonemes and voice
 */
export function findFault(reference: Float32Array, candidate: Float32Array): Fault | undefined {
  if (Math.abs(reference.length - candidate.length) > reference.length * 0.02) return 'length'
  for (const sample of candidate) if (!(Math.abs(sample) < 8)) return 'broken'
  const expected = spectrum(reference)
  const found = spectrum(candidate)
  if (!(Math.abs(highShare(expected) - highShare(found)) <= HIGH_SHARE_BOUND)) return 'high-frequencies'
  // 70 dB below the loudest band nothing is heard, and rounding alone makes large differences there.
  const floor = expected.reduce((most, power) => Math.max(most, power), 0) * 1e-7
  const level = (power: number) => 0.5 * Math.log(power + floor)
  let distance = 0
  for (let k = 0; k < expected.length; k++) distance += Math.abs(level(expected[k]!) - level(found[k]!))
  if (!(distance / expected.length <= SPECTRUM_BOUND)) return 'spectrum'
  return undefined
}

/** Mean power in each of 256 bands, Hann window, hop of half a window. */
function spectrum(samples: Float32Array): Float64Array {
  const power = new Float64Array(SIZE / 2)
  const real = new Float64Array(SIZE)
  const imaginary = new Float64Array(SIZE)
  let frames = 0
  for (let start = 0; start + SIZE <= samples.length; start += SIZE / 2) {
    for (let i = 0; i < SIZE; i++) {
      real[i] = samples[start + i]! * (0.5 - 0.5 * Math.cos((2 * Math.PI * i) / SIZE))
      imaginary[i] = 0
    }
    transform(real, imaginary)
    for (let k = 0; k < power.length; k++) power[k] = power[k]! + real[k]! ** 2 + imaginary[k]! ** 2
    frames++
  }
  return power.map(sum => sum / Math.max(frames, 1))
}

function highShare(power: Float64Array): number {
  const from = Math.ceil((HIGH / KOKORO_SAMPLE_RATE) * SIZE)
  const total = power.reduce((sum, value) => sum + value, 0)
  return total === 0 ? 0 : power.subarray(from).reduce((sum, value) => sum + value, 0) / total
}

/** Radix-2 FFT in place (Cooley and Tukey, 1965). */
function transform(real: Float64Array, imaginary: Float64Array): void {
  const size = real.length
  for (let i = 1, j = 0; i < size; i++) {
    let bit = size >> 1
    for (; j & bit; bit >>= 1) j ^= bit
    j ^= bit
    if (i < j) {
      ;[real[i], real[j]] = [real[j]!, real[i]!]
      ;[imaginary[i], imaginary[j]] = [imaginary[j]!, imaginary[i]!]
    }
  }
  for (let length = 2; length <= size; length *= 2) {
    const angle = (-2 * Math.PI) / length
    for (let start = 0; start < size; start += length) {
      for (let k = 0; k < length / 2; k++) {
        const cos = Math.cos(angle * k)
        const sin = Math.sin(angle * k)
        const even = start + k
        const odd = even + length / 2
        const re = real[odd]! * cos - imaginary[odd]! * sin
        const im = real[odd]! * sin + imaginary[odd]! * cos
        real[odd] = real[even]! - re
        imaginary[odd] = imaginary[even]! - im
        real[even] = real[even]! + re
        imaginary[even] = imaginary[even]! + im
      }
    }
  }
}
