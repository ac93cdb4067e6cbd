import type { CaptionDoubt, CaptionWord, TranscriberInfo } from '#protocol/transcribe.ts'
import type { Run } from '#protocol/run.ts'
import type { Lang } from '#protocol/speech.ts'

/** What recognisers hear at, Hz. */
export const HEARING_RATE = 16_000

export interface RecogniseRun extends Run {
  readonly lang?: Lang
  /** Whether the times of words are wanted: they cost a little more. */
  readonly words?: boolean
}

/** What was said in one stretch of sound. */
export interface Recognition {
  readonly text: string
  /** Times count from the first sample that was given. Empty when they were not asked for, or can't be told. */
  readonly words: readonly CaptionWord[]
  readonly doubt?: Exclude<CaptionDoubt, 'cut'>
}

/**
 * Reads one stretch of speech at a time: the part of a transcriber that differs from model to model. What cuts the sound
 * into stretches, and what shows partial captions, is stream.ts.
 */
export interface Recogniser {
  readonly info: TranscriberInfo
  /** Seconds of sound that one stretch may have. */
  readonly longest: number
  load(run?: Run): Promise<void>
  /** @param samples mono at HEARING_RATE, at most `longest` seconds. @throws SeamError engine, bad-input, cancelled */
  recognise(samples: Float32Array, run?: RecogniseRun): Promise<Recognition>
  close(): Promise<void>
}
