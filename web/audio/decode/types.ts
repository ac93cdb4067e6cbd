import type { Run } from '#protocol/run.ts'
import type { SoundChunk } from '#protocol/transcribe.ts'

/** The sound of a file. It is decoded as it is read, unless the browser can decode the file only as a whole. */
export interface SoundFile {
  /** Seconds; undefined where the file does not say. What a damaged file says may be more than it holds. */
  readonly duration: number | undefined
  /** Hz of the first chunk; some files change it on the way. */
  readonly sampleRate: number
  /** As in the file; more than two are mixed down to two. */
  readonly channels: 1 | 2
  /** Whether the file has pictures, too. */
  readonly video: boolean
  /**
   * From the beginning, in chunks of at most a second; memory stays bounded. Silence stands where the file's clock has
   * a gap, so that times are those of the file as a player shows them. Progress counts seconds.
   * @throws SeamError bad-input (damaged), cancelled
   */
  sound(run?: Run): AsyncIterable<SoundChunk>
  close(): void
}

/** Opens what the browser can't: FFmpeg's `openWithFfmpeg`. @throws SeamError bad-input, offline, engine, cancelled */
export type OpenElsewhere = (file: Blob, run?: Run) => Promise<SoundFile>
