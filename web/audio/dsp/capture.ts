import { quantum } from './playback.ts'

/** What the microphone's worklet is made with. */
export interface CaptureOptions {
  /** Frames that the page is woken for, or that one message carries. */
  readonly batch: number
  /**
   * Memory of a ring of one channel, and counts that only rise, at the places below; absent where memory can't be shared.
   */
  readonly shared?: { readonly ring: SharedArrayBuffer; readonly counts: Int32Array }
}

/** Which of the counts is of batches that could be read since the beginning. */
export const BATCHES = 0
/** Which is of frames that there was no room for. */
export const LOST = 1

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
