import type { EncodeOptions } from './encode/types.ts'
import type { ExportReport, ExportSegment } from './types.ts'

/** What the export worker offers. One export to a worker. */
export interface ExportCalls {
  encode: { input: EncodeOptions; output: ExportReport }
}

/** What the page offers the export worker, over the same port. */
export interface ExportPageCalls {
  segments: { input: null; item: ExportSegment }
  /** Answered when the bytes are in the target. */
  write: { input: { position: number; data: Uint8Array<ArrayBuffer> }; output: null }
}
