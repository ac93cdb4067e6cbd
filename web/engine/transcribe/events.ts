import type { Caption, TranscribeRun } from '#protocol/transcribe.ts'
import type { UtteranceRules } from './utterances.ts'

/**
 * What is heard, as it is heard. Times are seconds from the start of the sound. `utterance` is that of the captions;
 * sounds that turn out to be no speech take a number, too, and leave a gap.
 */
export type HearingEvent =
  | { readonly kind: 'speech-start'; readonly utterance: number; readonly at: number }
  /** A short silence after speech that ended at `at`: it may be the end. */
  | { readonly kind: 'soft-end'; readonly utterance: number; readonly at: number }
  /** It was not: somebody speaks on. */
  | { readonly kind: 'resumed'; readonly utterance: number; readonly at: number }
  /** Speech ended at `at`. The final caption follows as soon as it is read. */
  | { readonly kind: 'speech-end'; readonly utterance: number; readonly at: number }
  /** What had begun was too short to be speech: a click, a cough. Takes the place of `speech-end` and `final`. */
  | { readonly kind: 'dropped'; readonly utterance: number; readonly settled: number }
  /** `whole`: nothing but silence came after what it holds, up to now. */
  | { readonly kind: 'partial'; readonly utterance: number; readonly caption: Caption; readonly whole: boolean }
  /** Without a caption when no words were in it. */
  | { readonly kind: 'final'; readonly utterance: number; readonly caption?: Caption; readonly settled: number }
  /** Nobody speaks. About once a second. */
  | { readonly kind: 'silence'; readonly settled: number }

// `settled`: all that was said before it has been told. Whoever keeps the sound may forget it up to there.

/** Where to go on with a sound that was heard up to some place by somebody else. */
export interface Since {
  /** Seconds from the start of the whole sound to the first sample that comes. */
  readonly at: number
  /** The number of the first utterance. */
  readonly utterance: number
  /** What the first utterance's partial captions had settled on. */
  readonly said?: string
}

export interface HearRun extends TranscribeRun {
  /** How the sound is cut into utterances; as suits whole recordings when absent. */
  readonly rules?: UtteranceRules
  /** False when only speech is looked for, not its words: there are no partials then, and no final has a caption. */
  readonly captions?: boolean
  readonly since?: Since
}
