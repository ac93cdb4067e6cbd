import mjs from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url'
import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url'
import * as ort from 'onnxruntime-web/wasm'

/** ONNX Runtime for the processor, to be called before the first session is opened. */
export function wasmOrt(threads: number): typeof ort {
  ort.env.wasm.wasmPaths = { wasm: new URL(wasm, self.location.href).href, mjs: new URL(mjs, self.location.href).href }
  ort.env.wasm.numThreads = threads
  return ort
}
