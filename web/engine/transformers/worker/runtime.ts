import { env } from '@huggingface/transformers'
import mjs from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url'
import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url'

/** Readies transformers.js in a worker: its runtime's own files come with the page, and it may fetch no other. */
export function prepareRuntime(threads: number): void {
  env.allowLocalModels = false
  env.useWasmCache = false
  const { wasm: onnx } = env.backends.onnx
  if (!onnx) return
  const here = globalThis.location.href
  onnx.wasmPaths = { wasm: new URL(wasm, here).href, mjs: new URL(mjs, here).href }
  onnx.numThreads = threads
}
