import '../../worker/heap.ts'
import mjs from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url'
import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url'
import * as ort from 'onnxruntime-web/wasm'
import { sileroRuntime } from '../../vad/runtime.ts'
import { moonshineRuntime } from '../moonshine/runtime.ts'
import { serveMoonshine } from './moonshine.ts'

serveMoonshine(threads => {
  ort.env.wasm.wasmPaths = { wasm: new URL(wasm, self.location.href).href, mjs: new URL(mjs, self.location.href).href }
  ort.env.wasm.numThreads = threads
  return {
    moonshine: moonshineRuntime(ort, { device: 'wasm', threads }),
    silero: sileroRuntime(ort, { device: 'wasm' }),
  }
})
