import { quantum } from './playback.ts'

/** What the microphone's worklet is made with. */
export interface CaptureOptions {
  /** Frames that the page is woken for, or that one message carries. */
  readonly batch: number
  /**
   * Memory of a ring of one channel, and a word that counts up when a batch can be read; absent where memory can't be
   * shared.
   */
  readonly shared?: { readonly ring: SharedArrayBuffer; readonly batches: Int32Array }
}

/** Worklet to page: sound where memory can't be shared, and at last, as the answer to `close`, whatever was left. */
export interface CaptureMessage {
  readonly samples: Float32Array<ArrayBuffer>
  readonly last: boolean
}

const batchSeconds = 0.02

/** About 20 ms in whole quanta. */
export function captureBatch(sampleRate: number): number {
  return quantum * Math.max(1, Math.round((sampleRate * batchSeconds) / quantum))
}
