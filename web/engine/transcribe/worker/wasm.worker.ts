import '../../worker/heap.ts'
import { sileroRuntime } from '../../vad/runtime.ts'
import { moonshineRuntime } from '../moonshine/runtime.ts'
import { serveMoonshine } from './moonshine.ts'
import { wasmOrt } from './wasm-ort.ts'

serveMoonshine(threads => {
  const ort = wasmOrt(threads)
  return {
    moonshine: moonshineRuntime(ort, { device: 'wasm', threads }),
    silero: sileroRuntime(ort, { device: 'wasm' }),
  }
})
