import { readFile } from 'node:fs/promises'
import * as ort from 'onnxruntime-node'
import { createTranscriber, type ListeningTranscriber } from '#engine/transcribe/stream.ts'
import type { SpeechDetector } from '#engine/vad/detector.ts'
import { createEnergyDetector } from '#engine/vad/energy.ts'
import { sileroRuntime } from '#engine/vad/runtime.ts'
import { createSilero } from '#engine/vad/silero.ts'
import { ModelStore } from '../models/store.ts'
import { openRecogniser, type TranscriptionOptions } from '../transcription.ts'

/** Variants of the detector that may be here, the one that was measured most first. */
const DETECTORS = ['silero_vad_v5.onnx', 'silero_vad_v6.onnx']
export const DETECTOR_MODEL = 'silero-vad'

/**
 * Turns sound of any length into captions, in this process. Where the weights of the detector are not here, speech is
 * found by its loudness. @throws SeamError not-found at the first use, naming the model to pull
 */
export async function openTranscriber(options: TranscriptionOptions): Promise<ListeningTranscriber> {
  return createTranscriber({ recogniser: openRecogniser(options), detector: await openDetector(options.models) })
}

async function openDetector(models: string): Promise<SpeechDetector> {
  const store = new ModelStore({ folder: models })
  for (const path of DETECTORS) {
    const file = await store.locate(DETECTOR_MODEL, path)
    if (file) return createSilero({ runtime: sileroRuntime(ort, { device: 'cpu' }), model: () => readFile(file) })
  }
  return createEnergyDetector()
}
