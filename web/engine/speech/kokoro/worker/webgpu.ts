import '../../../worker/heap.ts'
import mjs from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url'
import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url'
import * as ort from 'onnxruntime-web/webgpu'
import { ortRuntime } from '../runtime.ts'
import { serveKokoro } from './serve.ts'

// A worker of its own: this build is twice the size of the one for WASM, and most machines never need it.
serveKokoro('webgpu', threads => {
  ort.env.wasm.wasmPaths = { wasm: new URL(wasm, self.location.href).href, mjs: new URL(mjs, self.location.href).href }
  ort.env.wasm.numThreads = threads
  return ortRuntime(ort, { device: 'webgpu', threads })
})
