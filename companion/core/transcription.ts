import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import * as ort from 'onnxruntime-node'
import { createMoonshine } from '#engine/transcribe/moonshine/engine.ts'
import { MOONSHINE_PATHS, moonshineInfo } from '#engine/transcribe/moonshine/meta.ts'
import { moonshineRuntime } from '#engine/transcribe/moonshine/runtime.ts'
import type { Recogniser } from '#engine/transcribe/recogniser.ts'
import { SeamError } from '#protocol/errors.ts'
import { ModelStore } from './models/store.ts'

export interface TranscriptionOptions {
  /** The companion's folder of weights. */
  readonly models: string
  /** Processor threads; as many as there are cores, at most four, when absent. */
  readonly threads?: number
}

/** Moonshine on onnxruntime-node. @throws SeamError not-found at the first use, naming the model to pull */
export function openRecogniser({
  models,
  threads = Math.min(4, availableParallelism()),
}: TranscriptionOptions): Recogniser {
  const store = new ModelStore({ folder: models })
  return createMoonshine({
    runtime: moonshineRuntime(ort, { device: 'cpu', threads }),
    files: {
      encoder: () => read(store, 'encoder'),
      decoder: () => read(store, 'decoder'),
      tokenizer: () => read(store, 'tokenizer'),
    },
  })
}

/** From whichever variant is here in full. */
async function read(store: ModelStore, role: 'encoder' | 'decoder' | 'tokenizer'): Promise<Uint8Array> {
  const { id } = moonshineInfo
  for (const paths of Object.values(MOONSHINE_PATHS)) {
    const found = await Promise.all(Object.values(paths).map(path => store.locate(id, path)))
    const file = await store.locate(id, paths[role])
    if (file && found.every(Boolean)) return readFile(file)
  }
  throw new SeamError('not-found', `The recogniser’s model is not here. Run: voxloom models pull ${id}`, {
    details: { model: id },
  })
}
