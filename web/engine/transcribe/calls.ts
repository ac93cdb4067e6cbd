import type { ModelEntry } from '#protocol/models.ts'
import type { SoundChunk, TranscribeRun } from '#protocol/transcribe.ts'
import type { HearingEvent, HearRun } from './events.ts'

/**
 * What a worker that listens answers. A sound is a session, whose number the caller chooses: `listen` opens it and gives
 * what is heard, `push` brings the sound. What it is loaded with depends on what reads the words.
 */
export interface TranscriberCalls<Load = LoadInput> {
  load: { input: Load; output: LoadOutput }
  listen: { input: ListenInput; item: HearingEvent }
  /** Answers when the chunk was taken: whoever waits for that never has more than one under way. */
  push: { input: { readonly session: number; readonly chunk: SoundChunk }; output: null }
  /** The sound is over; `listen` ends when all of it was told. */
  finish: { input: { readonly session: number }; output: null }
  vitals: { input: null; output: Vitals }
}

/** Which weights, and how many threads; the thread count of a worker is fixed by its first load. */
export interface LoadInput {
  readonly model: ModelEntry
  readonly variant: string
  readonly threads: number
}

export interface LoadOutput {
  /** What finds speech: the trained network, or loudness where its weights are not here. */
  readonly detector: 'silero' | 'energy'
}

/** What a hearing is told, without what can't be sent. */
export type ListenInput = Omit<HearRun, keyof TranscribeRun> &
  Pick<TranscribeRun, 'lang' | 'live'> & { readonly session: number }

export interface Vitals {
  /** Bytes of WebAssembly memory, which never shrinks. */
  readonly heap: number
  readonly realTimeFactor: number | undefined
}
