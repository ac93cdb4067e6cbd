import type { PcmChunk } from '#protocol/pcm.ts'
import type { LexiconEntry, Lang, Segment, VoiceBlend } from '#protocol/speech.ts'
import type { Analysis } from '#text/g2p/phonemizer.ts'

/** What a Kokoro worker answers. */
export interface KokoroCalls {
  load: { input: LoadInput; output: LoadOutput }
  speak: { input: Segment; item: PcmChunk }
  analyse: { input: AnalyseInput; output: Analysis }
  raw: { input: { phonemes: string; voice: VoiceBlend }; output: RawOutput }
  vitals: { input: null; output: Vitals }
}

/** Which weights, and how many threads; the thread count of a worker is fixed by its first load. */
export interface LoadInput {
  readonly variant: string
  readonly threads: number
}

export interface LoadOutput {
  readonly threads: number
  /** Milliseconds. */
  readonly took: number
}

export interface AnalyseInput {
  readonly text: string
  readonly lang: Lang
  readonly lexicon: readonly LexiconEntry[]
}

/** What the network itself made of phonemes, before any trimming. */
export interface RawOutput {
  /** Mono, 24 kHz. */
  readonly audio: Float32Array<ArrayBuffer>
  readonly durations: readonly number[]
  /** Milliseconds. */
  readonly took: number
}

export interface Vitals {
  /** Bytes of WebAssembly memory, which never shrinks. */
  readonly heap: number
  readonly realTimeFactor: number | undefined
}
