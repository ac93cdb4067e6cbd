import '../../worker/heap.ts'
import mjs from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url'
import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url'
import * as ort from 'onnxruntime-web/webgpu'
import { sileroRuntime } from '../../vad/runtime.ts'
import { moonshineRuntime } from '../moonshine/runtime.ts'
import { serveMoonshine } from './moonshine.ts'
import { takingTurns } from './taking-turns.ts'

// A worker of its own: this build is twice the size of the one for WASM, and most machines never need it.
serveMoonshine(threads => {
  ort.env.wasm.wasmPaths = { wasm: new URL(wasm, self.location.href).href, mjs: new URL(mjs, self.location.href).href }
  ort.env.wasm.numThreads = threads
  const runtime = takingTurns(ort)
  return {
    moonshine: moonshineRuntime(runtime, { device: 'webgpu', threads }),
    // A third of a millisecond of work is not worth the way to the card.
    silero: sileroRuntime(runtime, { device: 'wasm' }),
  }
})
