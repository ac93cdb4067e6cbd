import type { AudioFormat, ExportMetadata } from '../types.ts'

/** What an export asks of the worker: everything but the sound. */
export interface EncodeOptions {
  readonly format: AudioFormat
  /** Bits a second. */
  readonly bitrate?: number
  /** Hz. */
  readonly sampleRate?: number
  readonly metadata: ExportMetadata
  /** Seconds, for progress. */
  readonly expected?: number
}

/** Takes the file's bytes. Resolves when there is room for more. The buffer is the sink's afterwards. */
export interface ByteSink {
  write(position: number, data: Uint8Array<ArrayBuffer>): Promise<void>
}

/** A chapter's title and its start, seconds. */
export interface ChapterMark {
  readonly title: string
  readonly start: number
}

/** Mono sound in, file out. */
export interface Encoder {
  /** Resolves when more may come. The samples may be reused afterwards. */
  add(samples: Float32Array<ArrayBuffer>): Promise<void>
  /** Writes what is left. @returns the chapters that found room in the file */
  finish(chapters: readonly ChapterMark[]): Promise<readonly ChapterMark[]>
  /** Lets go of codecs after a failure or a cancel. */
  cancel(): Promise<void>
}

/** What an encoder is made from. `sampleRate` is one that the format has. */
export interface EncoderSetup {
  readonly options: EncodeOptions
  readonly sampleRate: number
  readonly sink: ByteSink
}
