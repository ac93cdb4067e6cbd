import { describe, expect, it } from 'vitest'
import { isSilent, loudnessOf, voicedStretches } from './loudness.ts'

const RATE = 16_000
/** A tone of this level, dB of full scale (root mean square). */
const tone = (seconds: number, level: number) =>
  Float32Array.from(
    { length: seconds * RATE },
    (_, i) => Math.SQRT2 * 10 ** (level / 20) * Math.sin((2 * Math.PI * 200 * i) / RATE),
  )
const joined = (...parts: Float32Array[]) => Float32Array.from(parts.flatMap(part => [...part]))

describe('silence', () => {
  it('is what stays below −66 dB throughout', () => {
    expect(isSilent(loudnessOf(new Float32Array(RATE)))).toBe(true)
    expect(isSilent(loudnessOf(tone(1, -66.5)))).toBe(true)
    expect(isSilent(loudnessOf(tone(1, -65.5)))).toBe(false)
    expect(isSilent(loudnessOf(joined(new Float32Array(RATE), tone(0.05, -30))))).toBe(false)
  })

  it('is not what can not be measured', () => {
    expect(() => loudnessOf(Float32Array.of(0, Number.NaN))).toThrow(/no numbers/)
    expect(() => loudnessOf(Float32Array.of(0, Infinity))).toThrow(/no numbers/)
  })
})

describe('voiced stretches', () => {
  it('are what stands out, over silence and over noise alike', () => {
    for (const floor of [-120, -50]) {
      const quiet = tone(0.5, floor)
      const [first, second, ...rest] = voicedStretches(
        loudnessOf(joined(quiet, tone(0.4, -20), quiet, tone(0.3, -24), quiet)),
      )
      expect(rest).toEqual([])
      expect(first!.start).toBeCloseTo(0.5, 1)
      expect(first!.end).toBeCloseTo(0.9, 1)
      expect(second!.start).toBeCloseTo(1.4, 1)
      expect(second!.end).toBeCloseTo(1.7, 1)
    }
  })
})
