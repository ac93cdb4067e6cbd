import type { PcmChunk, SegmentId } from './pcm.ts'
import type { Run } from './run.ts'

/** BCP 47, lower case: `en-us`, `en-gb`, `ja`, `es`, … */
export type Lang = string

export interface Voice {
  readonly id: string
  /** A given name, not translated: "Heart". */
  readonly name: string
  readonly lang: Lang
  readonly gender: 'female' | 'male' | 'neutral'
  /** The maker's own grade, A best, where there is one. */
  readonly grade?: string
}

/** A voice, or a mix of several. Weights are positive; they are scaled to sum to 1. */
export type VoiceBlend = readonly { readonly id: string; readonly weight: number }[]

/** A word said another way. `ipa` (in the engine's alphabet) wins over `as` (a respelling). */
export interface LexiconEntry {
  readonly word: string
  readonly as?: string
  readonly ipa?: string
  /** Match upper and lower case exactly. */
  readonly exactCase?: boolean
}

/** One sentence to be spoken. */
export interface Segment {
  readonly id: SegmentId
  /** What the page shows; word offsets refer to it. May hold the marks of text/marks.ts. */
  readonly text: string
  readonly lang: Lang
  readonly voice: VoiceBlend
  /** 1 is the voice's own pace; 0.5…2. */
  readonly speed: number
  /** Only the entries whose word occurs in `text`. */
  readonly lexicon: readonly LexiconEntry[]
  /** Silence after the sentence, seconds. Whoever plays or writes the sound adds it; the engine does not. */
  readonly pauseAfter: number
  /**
   * Seconds of sound that a listener still has before this one is due; 0 when somebody waits for the first. The engine
   * then cuts chunks short enough to arrive in time. Absent: nobody waits, and chunks are as long as sounds best.
   */
  readonly buffered?: number
}

/** What the machine can do, found once at start-up. */
export interface DeviceInfo {
  readonly webgpu: boolean
  readonly shaderF16: boolean
  readonly crossOriginIsolated: boolean
  /** Logical cores that may be used. */
  readonly threads: number
}

export interface EngineInfo {
  readonly id: string
  readonly name: string
  /** Part of every segment's hash: raised when the same input would sound different. */
  readonly version: string
  readonly languages: readonly Lang[]
  readonly sampleRate: number
}

/** Turns sentences into sound. Every engine passes tests/conformance/speech.ts. */
export interface SpeechEngine {
  readonly info: EngineInfo
  supports(device: DeviceInfo): boolean
  /** Makes the engine ready. @throws SeamError not-found (weights), unsupported, engine */
  load(run?: Run): Promise<void>
  voices(): Promise<readonly Voice[]>
  /** Chunks come in the order of the segments; each segment ends with a chunk whose `last` is true. */
  speak(segments: AsyncIterable<Segment>, run?: Run): AsyncIterable<PcmChunk>
  close(): Promise<void>
}
