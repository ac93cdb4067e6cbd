import type { ErrorData } from './errors.ts'
import type { SegmentId } from './pcm.ts'

/** What a dialogue is doing: nothing, taking in what is said, looking for an answer, making its sound, playing it. */
export const DIALOGUE_STATES = ['idle', 'recording', 'processing', 'synthesizing', 'playing'] as const
export type DialogueState = (typeof DIALOGUE_STATES)[number]

/** When the steps of a turn came, milliseconds on the clock of whoever runs it. What did not happen is absent. */
export interface LatencyMarks {
  /** The last sound of speech, as the detector places it. */
  readonly lastSpeech?: number
  /** The detector thought that it may have been the last. */
  readonly softEnd?: number
  /** The turn was taken as over. */
  readonly turnCommit?: number
  readonly transcriptFinal?: number
  /** Before `turnCommit` when the model was asked ahead of time. */
  readonly firstToken?: number
  readonly firstSentence?: number
  /** The sink has taken sound of the reply. */
  readonly firstSample?: number
  readonly firstHeard?: number
  readonly end?: number
}

/**
 * How a turn ended: heard to its end; without a reply that could be spoken; with nothing said; with the reply's own echo
 * taken for speech; broken into by the user; given up by the user; by an error; by a lost connection.
 */
export type TurnOutcome =
  'complete' | 'empty-reply' | 'no-words' | 'echo' | 'interrupted' | 'cancelled' | 'failed' | 'disconnected'

/** What the user said. */
export interface UserPart {
  readonly text: string
  /** Seconds from the start of the sound that was listened to; absent where it was typed. */
  readonly start?: number
  readonly end?: number
}

/** What was answered. `heard + unheard` is `text`. */
export interface ReplyPart {
  readonly text: string
  readonly heard: string
  readonly unheard: string
  /** Segments whose sound was written, in order. */
  readonly segments: readonly SegmentId[]
}

/** One exchange, as the history keeps it. */
export interface Turn {
  /** Counts up from 1 in a session. */
  readonly id: number
  /** Absent when the persona spoke unasked. */
  readonly user?: UserPart
  /** Absent when nothing was answered. */
  readonly reply?: ReplyPart
  readonly outcome: TurnOutcome
  readonly marks: LatencyMarks
}

/** What happens in a dialogue, in the order in which it happens. */
export type DialogueStep =
  /** After everything else that the change brought with it. */
  | { readonly type: 'StateChanged'; readonly from: DialogueState; readonly state: DialogueState }
  | { readonly type: 'RecordingStarted'; readonly by: TurnStart }
  | { readonly type: 'Transcription'; readonly text: string; readonly stable: number; readonly isFinal: boolean }
  | { readonly type: 'TurnCommitted' }
  /**
   * `ahead`: the model was asked before the turn was over. What it says is told once the turn is. `typed`: what is
   * answered, where that was not spoken.
   */
  | { readonly type: 'ReplyStarted'; readonly ahead: boolean; readonly typed?: string }
  /** The turn went on: what had been begun ahead of time is thrown away. */
  | { readonly type: 'ReplyDiscarded' }
  /** No sentence has come yet. */
  | { readonly type: 'Thinking'; readonly elapsed: number }
  /** The next piece of the reply, as the model gave it. */
  | { readonly type: 'ReplyText'; readonly text: string }
  /** A sentence is on its way to the voice; `text` is what will be said. */
  | { readonly type: 'ReplySentence'; readonly segment: SegmentId; readonly text: string }
  | { readonly type: 'ReplyComplete'; readonly text: string }
  /** What came before the failure is spoken and kept. */
  | { readonly type: 'ReplyFailed'; readonly error: ErrorData; readonly kept: string }
  | { readonly type: 'PlaybackStarted' }
  /** Somebody seems to speak: the reply is quieter, or waits. */
  | { readonly type: 'PlaybackDucked' }
  | { readonly type: 'PlaybackHeld' }
  /** It was nobody, or the reply itself: it goes on. */
  | { readonly type: 'PlaybackResumed' }
  | { readonly type: 'PlaybackInterrupted'; readonly heard: string; readonly unheard: string }
  | { readonly type: 'PlaybackComplete' }
  /** `warn` when it happens so often that the user should be told to use headphones. */
  | { readonly type: 'EchoSuspected'; readonly text: string; readonly count: number; readonly warn: boolean }
  | { readonly type: 'TurnComplete'; readonly result: Turn }
  | { readonly type: 'DialogueFailed'; readonly error: ErrorData }

/** Who began a turn: a voice, a key, a voice while the reply was playing, somebody who types, the persona. */
export type TurnStart = 'voice' | 'key' | 'barge-in' | 'text' | 'persona'

export type DialogueEvent = DialogueStep & {
  /** 0 before the first turn. */
  readonly turn: number
  /** Whatever belongs to an older revision than the latest is void. */
  readonly revision: number
  /** Milliseconds on the clock of whoever runs the dialogue. */
  readonly at: number
}

/** Told to a reader who was too slow, in the place of what it missed. */
export interface EventsDropped {
  readonly type: 'EventsDropped'
  readonly count: number
}
