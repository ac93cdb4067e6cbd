// What an AudioWorkletGlobalScope has, as far as our worklets use it. TypeScript ships no types for it.

interface WorkletPort {
  onmessage: ((event: { readonly data: unknown }) => void) | null
  postMessage(message: unknown): void
}

declare class AudioWorkletProcessor {
  constructor(options?: { readonly processorOptions?: unknown })
  readonly port: WorkletPort
}

declare function registerProcessor(
  name: string,
  processor: new (options: { readonly processorOptions?: unknown }) => AudioWorkletProcessor & {
    process(inputs: readonly Float32Array[][], outputs: readonly Float32Array[][]): boolean
  },
): void

/** Hz of the device. */
declare const sampleRate: number
