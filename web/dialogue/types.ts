import type { LanguageModel, Message } from '#protocol/language.ts'
import type { PcmChunk, SegmentId } from '#protocol/pcm.ts'
import type { Lang, LexiconEntry, SpeechEngine, VoiceBlend } from '#protocol/speech.ts'
import type { Caption } from '#protocol/transcribe.ts'

// What a host gives a dialogue. The page has worklets and workers behind these, the companion a socket and processes.

/** Time, so that tests can pass it by hand. */
export interface Clock {
  /** Milliseconds from some start; never goes back. */
  now(): number
  /** Calls back once. @returns an end to it */
  after(milliseconds: number, callback: () => void): () => void
}

/** A place in the reply that the listener has reached. */
export interface Heard {
  readonly segment: SegmentId
  /** Seconds into the segment's audio. */
  readonly at: number
}

/** Where the reply goes: what a dialogue needs of an AudioSink, and two ways to let somebody speak. */
export interface DialogueSink {
  /** Waits for room. @throws SeamError cancelled when interrupted meanwhile */
  write(chunk: PcmChunk): Promise<void>
  writeSilence(seconds: number): Promise<void>
  /** Resolves when everything written has been heard. @throws SeamError cancelled when interrupted before that */
  flush(): Promise<void>
  /** Drops what was not heard yet, at once. @returns where the listener was, or undefined when nothing had sounded */
  interrupt(): Heard | undefined
  readonly heard: Heard | undefined
  /** 1 is full; lower while somebody seems to speak. Takes effect at once. */
  duck(level: number): void
  /** Silence at once, with nothing lost: `hold(false)` goes on at the same sample. `heard` stands still meanwhile. */
  hold(held: boolean): void
}

/**
 * What is heard, as it is heard; what a transcriber's `hear` tells may be passed on as it is. `utterance` counts up; `at`
 * is a place in the sound, in seconds from its start, and `now` how far it has been listened to, where that is known.
 */
export type ListenEvent =
  /** Somebody speaks, from `at` on. */
  | { readonly kind: 'speech-start'; readonly utterance: number; readonly at: number; readonly now?: number }
  /** A short silence after `at`: it may be the end. */
  | { readonly kind: 'soft-end'; readonly utterance: number; readonly at: number; readonly now?: number }
  /** It was not. */
  | { readonly kind: 'resumed'; readonly utterance: number; readonly at: number }
  /** Speech ended at `at`; its final caption follows. */
  | { readonly kind: 'speech-end'; readonly utterance: number; readonly at: number; readonly now?: number }
  /** It was too short to be speech. No caption follows. */
  | { readonly kind: 'dropped'; readonly utterance: number }
  /** `whole`: nothing but silence came after what it holds, up to now. */
  | { readonly kind: 'partial'; readonly utterance: number; readonly caption: Caption; readonly whole: boolean }
  /** Without a caption when no words were in it. */
  | { readonly kind: 'final'; readonly utterance: number; readonly caption?: Caption }
  /** Nobody speaks. */
  | { readonly kind: 'silence' }

/** What hears the user. Its events reach the dialogue through `hear`. */
export interface Ears {
  /** The microphone is to be live: called whenever the dialogue comes back to idle. Must not throw. */
  listen(): void
  /** Ends the utterance under way. Resolves when the final captions of all that was said until now were told. */
  finish(): Promise<void>
  /** Seconds of sound that were taken in until now, on the times of events; not all of it need be listened to yet. */
  readonly taken: number
  /**
   * Whether what was heard between two places, in seconds from the start of the sound, was the loudspeaker and nothing
   * else; without `to`, what of it is heard now. Undefined where that can't be told; absent where only words can tell.
   */
  isEcho?(from: number, to?: number): boolean | undefined
}

/** Who answers, and in which voice. */
export interface Partner {
  readonly model: LanguageModel
  readonly speech: SpeechEngine
  readonly voice: VoiceBlend
  /** 0.5…2 */
  readonly speed: number
  readonly lang: Lang
  readonly temperature?: number
  /** The most tokens that a reply may have. */
  readonly maxTokens?: number
  readonly lexicon?: readonly LexiconEntry[]
  /** Tokens that the model reads at once, less those of its reply; PROMPT_BUDGET when absent. */
  readonly budget?: number
  /** The whole prompt, for a history that ends with what the user said last. The persona and its lore are put in here. */
  prompt(history: readonly Message[]): readonly Message[]
}
