import type { WordTime } from '#protocol/pcm.ts'
import type { Run } from '#protocol/run.ts'

export type AudioFormat = 'wav' | 'mp3' | 'm4a' | 'opus' | 'm4b'

/** One sentence of the finished programme, in order. */
export interface ExportSegment {
  /** Mono, −1…1. */
  readonly samples: Float32Array<ArrayBuffer>
  readonly sampleRate: number
  /** The sentence as shown. */
  readonly text: string
  readonly words: readonly WordTime[]
  /** Seconds of silence that follow. */
  readonly pauseAfter: number
  /** Set on the first segment of a chapter. */
  readonly chapter?: string
}

export interface ExportMetadata {
  readonly title: string
  readonly author?: string
  readonly comment?: string
  readonly cover?: { readonly mime: 'image/jpeg' | 'image/png'; readonly bytes: Uint8Array<ArrayBuffer> }
}

export interface AudioExport {
  readonly format: AudioFormat
  /** Bits a second, for lossy formats. */
  readonly bitrate?: number
  /** Hz; the segments' own when absent. */
  readonly sampleRate?: number
  readonly metadata: ExportMetadata
  /** Read once, in order, never held whole: a ten-hour book must not sit in memory. */
  readonly segments: AsyncIterable<ExportSegment>
  /** Seconds, for progress. */
  readonly expected?: number
}

export interface ExportReport {
  readonly bytes: number
  /** Seconds. */
  readonly duration: number
  readonly mime: string
  readonly chapters: readonly { readonly title: string; readonly start: number }[]
  /** FFmpeg was asked for and could not be fetched: the book is whole, its index stands at the end. */
  readonly unfinished?: boolean
}

/** Writes the file to `target` as it is made. On failure or cancel the target is aborted. */
export type ExportAudio = (
  input: AudioExport,
  target: WritableStream<{ type: 'write'; data: Uint8Array<ArrayBuffer>; position: number }>,
  run?: Run,
) => Promise<ExportReport>
