import type { PcmChunk, WordTime } from './pcm.ts'
import type { Run } from './run.ts'
import type { DeviceInfo, Lang } from './speech.ts'

/** A run of sound that somebody may have spoken in. Runs follow each other without a gap. */
export type SoundChunk = Pick<PcmChunk, 'samples' | 'sampleRate' | 'channels'>

/** A word that was heard. Its times count from the start of the whole sound. */
export interface CaptionWord extends WordTime {
  /** How sure the recogniser is, 0…1; absent where it does not say. */
  readonly confidence?: number
}

/**
 * Why a caption should be looked at: `repetition`, the recogniser went round in circles and was stopped; `long`, it said
 * more than people can in that time and was stopped; `cut`, speech without a pause was cut in the middle.
 */
export type CaptionDoubt = 'repetition' | 'long' | 'cut'

/** What was said between two pauses. */
export interface Caption {
  /** Counts up from 0. The partial captions of one utterance and its final one share it. */
  readonly utterance: number
  readonly text: string
  /** Seconds from the start of the sound. */
  readonly start: number
  readonly end: number
  /** In order; empty where the recogniser gives no times. `from` and `to` refer to this caption's text. */
  readonly words: readonly CaptionWord[]
  /** A partial caption is replaced by the next one of its utterance; a final one stays. */
  readonly final: boolean
  /** UTF-16 units at the beginning of `text` that no later caption of this utterance changes. */
  readonly stable: number
  readonly doubt?: CaptionDoubt
}

export interface TranscriberInfo {
  readonly id: string
  readonly name: string
  /** Raised when the same sound would be read differently. */
  readonly version: string
  readonly languages: readonly Lang[]
  /** Whether captions come with the times of their words. */
  readonly wordTimes: boolean
  /** False where it is too slow to show words while they are said; true when absent. */
  readonly live?: boolean
}

export interface TranscribeRun extends Run {
  /** What is spoken; the recogniser's first language when absent. */
  readonly lang?: Lang
  /** Somebody reads along: partial captions are wanted while an utterance goes on. */
  readonly live?: boolean
}

/** Turns sound into captions. Every engine passes tests/conformance/transcribe.ts. */
export interface Transcriber {
  readonly info: TranscriberInfo
  supports(device: DeviceInfo): boolean
  /** Makes the engine ready. @throws SeamError not-found (weights), unsupported, engine */
  load(run?: Run): Promise<void>
  /** Reads `sound` no faster than it can be worked on. Progress counts seconds of sound. Silence gives no caption. */
  transcribe(sound: AsyncIterable<SoundChunk>, run?: TranscribeRun): AsyncIterable<Caption>
  close(): Promise<void>
}
