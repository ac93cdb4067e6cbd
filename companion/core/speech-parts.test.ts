import { expect, it } from 'vitest'
import { sentence } from '../../tests/conformance/speech.ts'
import { modelsFolder } from '../../tests/support/models.ts'
import { openSpeech } from './speech.ts'

it('a sentence made in parts goes on where the part before ended, whoever takes its samples away', async () => {
  const engine = await openSpeech({ models: modelsFolder, threads: 2 })
  const text =
    'Also, small machines of many makers were now supported, and the distribution provided software that suits them, ' +
    'which was asked for by those who travel.'
  async function* segments() {
    yield sentence(text, { buffered: 0 })
  }
  let reached = 0
  const starts: number[] = []
  for await (const { at, samples, sampleRate, words } of engine.speak(segments())) {
    expect(at).toBeCloseTo(reached, 6)
    reached += samples.length / sampleRate
    starts.push(...(words ?? []).map(({ start }) => start))
    // As a worker's port does.
    structuredClone(samples, { transfer: [samples.buffer] })
  }
  expect(starts.length).toBeGreaterThan(15)
  expect(starts).toEqual(starts.toSorted((a, b) => a - b))
  await engine.close()
})
