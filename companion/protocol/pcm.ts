/** Names one sentence of a project. Stable while the sentence's text and place in its paragraph stay the same. */
export type SegmentId = string

/** When one word sounds. */
export interface WordTime {
  /** The word as the text shows it. */
  readonly text: string
  /** Where it stands in the segment's `text`: UTF-16 offsets, `to` exclusive. */
  readonly from: number
  readonly to: number
  /** Seconds from the start of the segment's audio. */
  readonly start: number
  readonly end: number
}

/**
 * A run of sound that belongs to one segment. Ownership moves with the chunk: `samples.buffer` is transferred over
 * ports, so whoever hands a chunk on must not read it again.
 */
export interface PcmChunk {
  /** Interleaved when `channels` is 2; nominal range −1…1. */
  readonly samples: Float32Array<ArrayBuffer>
  /** Hz. */
  readonly sampleRate: number
  readonly channels: 1 | 2
  readonly segment: SegmentId
  /** Seconds from the start of the segment to the first sample. */
  readonly at: number
  /** Whether this is the segment's last chunk. */
  readonly last: boolean
  /** Words that begin in this chunk; times count from the start of the segment. */
  readonly words?: readonly WordTime[]
  /** Another voice spoke than the one that was asked for: not to be kept under its name. */
  readonly standIn?: true
}
