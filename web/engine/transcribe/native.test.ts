import { readFile } from 'node:fs/promises'
import * as ort from 'onnxruntime-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openRecogniser } from '../../../companion/core/transcription.ts'
import { chunked, CITIES, testTranscriber } from '../../../tests/conformance/transcribe.ts'
import { modelPath, modelsFolder } from '../../../tests/support/models.ts'
import { recording } from '../../../tests/support/recordings.ts'
import { wordErrorRate } from '../../../tests/support/words.ts'
import { createEnergyDetector } from '../vad/energy.ts'
import { sileroRuntime } from '../vad/runtime.ts'
import { createSilero } from '../vad/silero.ts'
import { createTranscriber, type ListeningTranscriber } from './stream.ts'
import { CONVERSATION_RULES } from './utterances.ts'

const silero = () =>
  createSilero({
    runtime: sileroRuntime(ort, { device: 'cpu' }),
    model: () => readFile(modelPath('silero-vad', 'silero_vad_v5.onnx')),
  })
const open = (detector = silero()) =>
  createTranscriber({ recogniser: openRecogniser({ models: modelsFolder }), detector })

testTranscriber('Moonshine with Silero', async () => open())

describe('on a recording', () => {
  let transcriber: ListeningTranscriber
  let cities: { samples: Float32Array; sampleRate: number }
  beforeAll(async () => {
    transcriber = open()
    cities = await recording('cities')
  }, 120_000)
  afterAll(() => transcriber.close())

  it('live captions end with the words of a reading as a whole, but for a few', async () => {
    async function* paced() {
      for await (const chunk of chunked(cities, 0.1)) {
        yield chunk
        // Sixteen times as fast as it was spoken: there is time for some of the partial captions.
        await new Promise(resolve => setTimeout(resolve, 6))
      }
    }
    const said: string[] = []
    for await (const { final, text } of transcriber.transcribe(paced(), { live: true })) if (final) said.push(text)
    expect(wordErrorRate(CITIES, said.join(' '))).toBeLessThan(0.12)
  }, 60_000)

  it('words of a talk come as soon as the turn is over', async () => {
    const { samples, sampleRate } = await recording('sentence')
    const events = await Array.fromAsync(
      transcriber.listen(chunked({ samples, sampleRate }, 0.02), { rules: CONVERSATION_RULES, live: true }),
    )
    const ended = events.findLastIndex(({ kind }) => kind === 'speech-end')
    expect(events.slice(ended).map(({ kind }) => kind)).toEqual(['speech-end', 'final', 'silence'])
  })

  it('are right without the weights that find speech, too', async () => {
    const simple = open(createEnergyDetector())
    const said: string[] = []
    for await (const { text } of simple.transcribe(chunked(cities, 1))) said.push(text)
    await simple.close()
    expect(wordErrorRate(CITIES, said.join(' '))).toBeLessThan(0.15)
  })
})
