import { readFile } from 'node:fs/promises'
import * as ort from 'onnxruntime-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { seeded } from '#dsp/fixtures.ts'
import { Intake } from '#dsp/intake.ts'
import { modelPath } from '../../../tests/support/models.ts'
import { recording } from '../../../tests/support/recordings.ts'
import type { SpeechDetector } from './detector.ts'
import { sileroRuntime } from './runtime.ts'
import { createSilero } from './silero.ts'

let detector: SpeechDetector
let speech: Float32Array

beforeAll(async () => {
  const runtime = sileroRuntime(ort, { device: 'cpu' })
  detector = createSilero({ runtime, model: () => readFile(modelPath('silero-vad', 'silero_vad_v5.onnx')) })
  const { samples, sampleRate } = await recording('beckett')
  const { samples: heard, frames } = new Intake(16_000, 1).take(samples, sampleRate, 1)
  speech = heard.slice(0, frames)
}, 120_000)
afterAll(() => detector.close())

async function probabilities(detector: SpeechDetector, samples: Float32Array): Promise<number[]> {
  const found: number[] = []
  for (let at = 0; at + detector.frame <= samples.length; at += detector.frame) {
    found.push(await detector.probability(samples.subarray(at, at + detector.frame)))
  }
  return found
}
const share = (found: readonly number[]) => found.filter(each => each >= 0.5).length / found.length

describe('Silero', () => {
  it('tells somebody who reads aloud from silence, noise and a tone', async () => {
    const random = seeded(1)
    expect(share(await probabilities(detector.another(), speech))).toBeGreaterThan(0.35)
    for (const sound of [
      new Float32Array(48_000),
      Float32Array.from({ length: 48_000 }, () => random() * 0.2 - 0.1),
      Float32Array.from({ length: 48_000 }, (_, n) => 0.3 * Math.sin((2 * Math.PI * 440 * n) / 16_000)),
    ]) {
      expect(share(await probabilities(detector.another(), sound))).toBeLessThan(0.1)
    }
  })

  it('remembers its own sound alone, and nothing after a reset', async () => {
    const part = speech.subarray(16_000, 32_000)
    const [first, second] = [detector.another(), detector.another()]
    const alone = await probabilities(first, part)
    const [one, two] = [detector.another(), second]
    const mixed: number[] = []
    for (let at = 0; at + 512 <= part.length; at += 512) {
      mixed.push(await one.probability(part.subarray(at, at + 512)))
      await two.probability(speech.subarray(at + 64_000, at + 64_512))
    }
    expect(mixed).toEqual(alone)
    first.reset()
    expect(await probabilities(first, part)).toEqual(alone)
  })

  it('says so when the weights are no network', async () => {
    const broken = createSilero({
      runtime: sileroRuntime(ort, { device: 'cpu' }),
      model: async () => new Uint8Array(100),
    })
    await expect(broken.probability(new Float32Array(512))).rejects.toMatchObject({
      code: 'engine',
      message: expect.stringContaining('Models'),
    })
  })
})
