import type { Run } from '#protocol/run.ts'
import type { Head } from '../moonshine/graph/attention.ts'

/** Numbers of the tokens that steer the decoder, and which it must not write. */
export interface WhisperTokens {
  readonly begin: number
  /** Marks the end of a text. Whatever comes after it in the vocabulary is no text either. */
  readonly end: number
  readonly noTimes: number
  /** Tokens by language; none where the model knows English alone. */
  readonly languages: ReadonlyMap<string, number>
  /** Writes down what was said, in its own language; undefined where the model can do nothing else. */
  readonly transcribe: number | undefined
  /** Never written: signs that stand for sounds. */
  readonly suppressed: readonly number[]
  /** Not written first. */
  readonly suppressedFirst: readonly number[]
}

/** What the decoder makes of some tokens. */
export interface WhisperStep {
  /** How much each token is wanted next, after each of those given. Changed freely. */
  readonly logits: readonly Float32Array[]
  /** What each aligning head attends to after the last of them, a value a frame. */
  readonly attention: readonly Float32Array[]
}

/** One stretch of sound under the decoder. */
export interface WhisperReading {
  /** @param tokens what follows those given before @param heads those whose attention is wanted */
  next(tokens: readonly number[], heads: readonly Head[]): Promise<WhisperStep>
  /** Forgets what was given, so that another text can be begun. */
  restart(): void
  /** Gives all memory back. Nothing may be asked afterwards. */
  end(): void
}

/** Whisper's networks and words, whatever runs them. One reading at a time. */
export interface WhisperModel {
  readonly tokens: WhisperTokens
  /** Those that tell when a word sounds; none where the file does not show them. */
  readonly heads: readonly Head[]
  /** @param samples mono at HEARING_RATE, at most 30 s. @throws SeamError engine */
  read(samples: Float32Array): Promise<WhisperReading>
  /** What tokens write, with a replacement character for a letter that has not ended. */
  spell(tokens: readonly number[]): string
  close(): Promise<void>
}

/** @throws SeamError engine, not-found */
export type OpenWhisper = (run: Run) => Promise<WhisperModel>
