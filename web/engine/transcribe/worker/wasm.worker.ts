import '../../speech/kokoro/worker/heap.ts'
import mjs from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url'
import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url'
import * as ort from 'onnxruntime-web/wasm'
import { SeamError } from '#protocol/errors.ts'
import { sileroRuntime } from '../../vad/runtime.ts'
import { createMoonshine } from '../moonshine/engine.ts'
import { MOONSHINE_PATHS } from '../moonshine/meta.ts'
import { moonshineRuntime } from '../moonshine/runtime.ts'
import { serveTranscriber } from './serve.ts'

serveTranscriber((store, { model, variant, threads }) => {
  const paths = Object.entries(MOONSHINE_PATHS).find(([id]) => id === variant)?.[1]
  if (!paths) throw new SeamError('not-found', `${model.name} has no variant “${variant}”.`)
  ort.env.wasm.wasmPaths = { wasm: new URL(wasm, self.location.href).href, mjs: new URL(mjs, self.location.href).href }
  ort.env.wasm.numThreads = threads
  return {
    recogniser: createMoonshine({
      runtime: moonshineRuntime(ort, { device: 'wasm', threads }),
      files: {
        encoder: () => store.read(model, paths.encoder),
        decoder: () => store.read(model, paths.decoder),
        tokenizer: () => store.read(model, paths.tokenizer),
      },
    }),
    silero: sileroRuntime(ort, { device: 'wasm' }),
  }
})
