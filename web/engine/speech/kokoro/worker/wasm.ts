import '../../../worker/heap.ts'
import mjs from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url'
import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url'
import * as ort from 'onnxruntime-web/wasm'
import { ortRuntime } from '../runtime.ts'
import { serveKokoro } from './serve.ts'

serveKokoro('wasm', threads => {
  ort.env.wasm.wasmPaths = { wasm: new URL(wasm, self.location.href).href, mjs: new URL(mjs, self.location.href).href }
  ort.env.wasm.numThreads = threads
  return ortRuntime(ort, { device: 'wasm', threads })
})
