import { describe, expect, it } from 'vitest'
import { findFault } from './self-test.ts'

const RATE = 24_000
/** A buzz with a falling spectrum, like a vowel. */
const voice = (seconds = 1) =>
  Float32Array.from({ length: seconds * RATE }, (_, i) => {
    let sum = 0
    for (let k = 1; k <= 40; k++) sum += Math.sin((2 * Math.PI * 120 * k * i) / RATE) / (k * k)
    return sum * 0.3
  })

const changed = (change: (sample: number, i: number) => number) => voice().map(change)
let seed = 1
const random = () => ((seed = (seed * 48271) % 2147483647) / 2147483647) * 2 - 1

describe('findFault', () => {
  it('passes the same sound, with the rounding of another device', () => {
    expect(
      findFault(
        voice(),
        changed(sample => sample + 1e-5 * random()),
      ),
    ).toBeUndefined()
  })

  it('names sound of another length', () => {
    expect(findFault(voice(), voice(1.5))).toBe('length')
  })

  it('names NaN, and samples beyond any voice', () => {
    expect(
      findFault(
        voice(),
        changed((sample, i) => (i === 777 ? Number.NaN : sample)),
      ),
    ).toBe('broken')
    expect(
      findFault(
        voice(),
        changed((sample, i) => (i === 777 ? 9 : sample)),
      ),
    ).toBe('broken')
  })

  it('names noise on top of a voice', () => {
    expect(
      findFault(
        voice(),
        changed(sample => sample + 0.4 * random()),
      ),
    ).toBe('high-frequencies')
  })

  it('names a voice that lost its upper half', () => {
    expect(
      findFault(
        voice(),
        changed((_, i) => 0.3 * Math.sin((2 * Math.PI * 120 * i) / RATE)),
      ),
    ).toBe('spectrum')
  })

  it('names silence', () => {
    expect(findFault(voice(), new Float32Array(RATE))).toBeDefined()
  })
})
