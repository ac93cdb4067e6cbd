import type { CaptionDoubt } from '#protocol/transcribe.ts'
import type { Lang } from '#protocol/speech.ts'

/** A word of a paragraph, and when it was said. */
export interface TranscriptWord {
  /** Where it stands in its paragraph's text: UTF-16 offsets, `to` exclusive. Words never overlap. */
  readonly from: number
  readonly to: number
  /** Seconds from the start of the sound. */
  readonly start: number
  readonly end: number
  /** How sure the recogniser was, 0…1; absent where it did not say, and for what a person wrote. */
  readonly confidence?: number
  /** Why the caption that it came with should be looked at. */
  readonly doubt?: CaptionDoubt
}

export interface TranscriptParagraph {
  readonly id: string
  readonly text: string
  /** Seconds from the start of the sound. */
  readonly start: number
  readonly end: number
  readonly words: readonly TranscriptWord[]
  /** Id of one of the transcript's speakers. */
  readonly speaker?: string
}

export interface TranscriptSpeaker {
  readonly id: string
  readonly name: string
}

/** Where the sound came from. */
export interface TranscriptSource {
  readonly kind: 'file' | 'recording'
  /** The file's name; empty for a recording. */
  readonly name: string
  /** MIME type, as far as the system told. */
  readonly type: string
  /** Only FFmpeg reads it, to whose licence the user has agreed. */
  readonly ffmpeg?: true
}

/**
 * How far the words have come: `waiting` for the model or its turn, `working` or `recording` (or left in the middle of it,
 * when nobody does), `done`, or `stopped` before the end.
 */
export type TranscriptState = 'waiting' | 'recording' | 'working' | 'stopped' | 'done'

export interface Transcript {
  readonly id: string
  /** Empty until the user gives one to a recording. */
  readonly title: string
  /** ISO 8601, UTC. */
  readonly createdAt: string
  readonly updatedAt: string
  /** Raised by one at every save; the store refuses a save that was made from an older one. */
  readonly revision: number
  readonly source: TranscriptSource
  readonly lang: Lang
  /** Seconds; absent while it is not known. */
  readonly duration?: number
  readonly state: TranscriptState
  /** Seconds of sound up to which every word is there. */
  readonly reached: number
  /** What is played: the sound as it came, or the copy in which every place is found exactly. */
  readonly listen: 'file' | 'pcm'
  readonly speakers: readonly TranscriptSpeaker[]
  readonly paragraphs: readonly TranscriptParagraph[]
}

/** A row of the list, small enough to load thousands. */
export interface TranscriptSummary extends Pick<
  Transcript,
  'id' | 'title' | 'createdAt' | 'updatedAt' | 'revision' | 'source' | 'duration' | 'state' | 'reached'
> {
  /** The first words, to know a recording by while it has no title. */
  readonly opening?: string
  readonly openedAt?: string
  readonly words: number
  /** Milliseconds since 1970 at which it was removed; it can be brought back until it is purged. */
  readonly removedAt?: number
}
