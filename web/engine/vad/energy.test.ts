import { describe, expect, it } from 'vitest'
import { seeded } from '#dsp/fixtures.ts'
import { createEnergyDetector } from './energy.ts'
import { loudness } from './level.ts'

const FRAME = 512
const random = seeded(3)
const noise = (level: number) => Float32Array.from({ length: FRAME }, () => (random() * 2 - 1) * level * Math.sqrt(3))
const decibels = (level: number) => 10 ** (level / 20)

/** The share of frames that count as speech. */
async function share(detector: ReturnType<typeof createEnergyDetector>, level: number, seconds: number) {
  let speech = 0
  const frames = Math.round((seconds * 16_000) / FRAME)
  for (let n = 0; n < frames; n++) speech += (await detector.probability(noise(decibels(level)))) >= 0.5 ? 1 : 0
  return speech / frames
}

describe('the detector by loudness', () => {
  it.each([-90, -60, -45, -35])('hears speech over a background of %i dB, once it knows that', async background => {
    const detector = createEnergyDetector()
    await share(detector, background, 4)
    expect(await share(detector, background, 2)).toBe(0)
    expect(await share(detector, Math.max(-46, background + 16), 2)).toBe(1)
    expect(await share(detector, background, 1)).toBe(0)
  })

  it('hears speech that the sound begins with', async () => {
    expect(await share(createEnergyDetector(), -25, 1)).toBe(1)
  })

  it('hears nothing in silence, nor in an offset of the converter', async () => {
    const detector = createEnergyDetector()
    expect(await detector.probability(new Float32Array(FRAME))).toBeLessThan(0.1)
    expect(await detector.probability(new Float32Array(FRAME).fill(0.3))).toBeLessThan(0.1)
    expect(loudness(new Float32Array(FRAME).fill(0.3))).toBeCloseTo(0, 3)
    expect(loudness(new Float32Array(0))).toBe(0)
  })

  it('forgets when it is told to, and shares nothing with another', async () => {
    const detector = createEnergyDetector()
    await share(detector, -30, 4)
    expect(await detector.probability(noise(decibels(-30)))).toBeLessThan(0.5)
    expect(await detector.another().probability(noise(decibels(-30)))).toBeGreaterThan(0.5)
    detector.reset()
    expect(await detector.probability(noise(decibels(-30)))).toBeGreaterThan(0.5)
  })
})
