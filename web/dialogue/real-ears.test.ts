import { readFile } from 'node:fs/promises'
import * as ort from 'onnxruntime-node'
import { expect, it } from 'vitest'
import { createTranscriber } from '#engine/transcribe/stream.ts'
import { CONVERSATION_RULES } from '#engine/transcribe/utterances.ts'
import { sileroRuntime } from '#engine/vad/runtime.ts'
import { createSilero } from '#engine/vad/silero.ts'
import { openRecogniser } from '../../companion/core/transcription.ts'
import { modelPath, modelsFolder } from '../../tests/support/models.ts'
import { recording } from '../../tests/support/recordings.ts'
import { Stage } from './testing/stage.ts'

/** Seconds of a chunk, and of the silence after the last word. */
const CHUNK = 0.02
const SILENCE = 0.6

it('somebody is understood and answered, with the real ears', async () => {
  const transcriber = createTranscriber({
    recogniser: openRecogniser({ models: modelsFolder }),
    detector: createSilero({
      runtime: sileroRuntime(ort, { device: 'cpu' }),
      model: () => readFile(modelPath('silero-vad', 'silero_vad_v5.onnx')),
    }),
  })
  await transcriber.load()
  const { samples, sampleRate } = await recording('sentence')
  const stage = new Stage([['I understand you, my friend.']])
  const over = Promise.withResolvers<void>()
  stage.finish = () => over.promise

  async function* sound() {
    const all = new Float32Array(samples.length + SILENCE * sampleRate)
    all.set(samples)
    for (let at = 0; at < all.length; at += CHUNK * sampleRate) {
      yield { samples: all.slice(at, at + CHUNK * sampleRate), sampleRate, channels: 1 as const }
      // The dialogue's time is that of the sound.
      await stage.clock.pass(CHUNK * 1000)
    }
  }
  for await (const event of transcriber.listen(sound(), { rules: CONVERSATION_RULES, live: true })) {
    stage.conversation.hear(event)
  }
  over.resolve()
  await stage.until('idle')
  await transcriber.close()
  // It pauses after "I do", and is one turn all the same.
  expect(stage.conversation.turns).toMatchObject([
    { user: { text: expect.stringMatching(/^I do.* very well\.?$/) }, outcome: 'complete' },
  ])
  expect(stage.states).toEqual(['idle', 'recording', 'processing', 'synthesizing', 'playing', 'idle'])
})
