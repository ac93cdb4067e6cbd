import type { DialogueState, TurnOutcome, TurnStart } from '#protocol/dialogue.ts'
import type { SeamError } from '#protocol/errors.ts'
import { sameWords } from './words.ts'

/** Where a dialogue is. Plain data: `transition` alone changes it. */
export interface Dialogue {
  readonly state: DialogueState
  /** Raised whenever what was under way becomes void. */
  readonly revision: number
  /** What a reply was begun for before the turn was over. */
  readonly speculation: string | undefined
  /** In `processing`: the words of the turn are not settled yet. */
  readonly awaiting: boolean
}

export const START: Dialogue = { state: 'idle', revision: 0, speculation: undefined, awaiting: false }

export type DialogueInput =
  /** The user takes the floor; `utterances` are what he has begun to say already. */
  | { readonly type: 'talk'; readonly by: 'voice' | 'key' | 'barge-in'; readonly utterances?: readonly number[] }
  /** A short silence after words that may be all. */
  | { readonly type: 'speculate'; readonly text: string }
  /** The user speaks on. */
  | { readonly type: 'resume' }
  /** The turn is over. */
  | { readonly type: 'commit' }
  /** All that was said in the turn; empty when that was nothing. */
  | { readonly type: 'transcript'; readonly text: string }
  /** The user types instead. */
  | { readonly type: 'write'; readonly text: string }
  /** The persona speaks without being asked: its greeting. */
  | { readonly type: 'say'; readonly text: string }
  /** Of a reply: its first sentence, its first sample written, all of it heard. */
  | { readonly type: 'sentence' | 'sound' | 'finish'; readonly revision: number }
  /** The user wants the reply to stop. */
  | { readonly type: 'interrupt' }
  | { readonly type: 'cancel' }
  /** With a revision, it is the failure of that reply alone. */
  | { readonly type: 'error'; readonly error: SeamError; readonly revision?: number }
  | { readonly type: 'disconnect' }

export type DialogueEffect =
  | { readonly do: 'open'; readonly by: TurnStart; readonly utterances?: readonly number[] }
  /** Find out what was said, and give it as `transcript`. */
  | { readonly do: 'ask' }
  /** Begin a reply; one that is `held` must not be heard before `release`. */
  | { readonly do: 'reply'; readonly text: string; readonly held: boolean }
  | { readonly do: 'release' }
  | { readonly do: 'say'; readonly text: string }
  /** Throw away the reply that was held. */
  | { readonly do: 'discard' }
  /** Stop the reply, and note what was heard of it. */
  | { readonly do: 'silence' }
  | { readonly do: 'close'; readonly outcome: TurnOutcome }
  | { readonly do: 'fail'; readonly error: SeamError }
  /** Nothing is under way: the microphone is live, the speakers are as loud as they were. */
  | { readonly do: 'listen' }

export interface Transition {
  readonly next: Dialogue
  readonly effects: readonly DialogueEffect[]
}

/** What follows from `input`. What makes no sense where the dialogue is, or is of another revision, changes nothing. */
export function transition(dialogue: Dialogue, input: DialogueInput): Transition {
  const stale = 'revision' in input && input.revision !== undefined && input.revision !== dialogue.revision
  const nothing: Transition = { next: dialogue, effects: [] }
  if (stale) return nothing
  switch (input.type) {
    case 'cancel':
      return idle(dialogue, 'cancelled')
    case 'disconnect':
      return idle(dialogue, 'disconnected')
    case 'error':
      return idle(dialogue, 'failed', [{ do: 'fail', error: input.error }])
    case 'write':
      if (input.text.trim() === '') return nothing
      return begin(dialogue, 'processing', [
        { do: 'open', by: 'text' },
        { do: 'reply', text: input.text.trim(), held: false },
      ])
    case 'say':
      if (dialogue.state !== 'idle' || input.text.trim() === '') return nothing
      return begin(dialogue, 'synthesizing', [
        { do: 'open', by: 'persona' },
        { do: 'say', text: input.text },
      ])
    case 'talk': {
      if (dialogue.state === 'recording') return nothing
      const { by, utterances } = input
      return begin(dialogue, 'recording', [{ do: 'open', by, ...(utterances && { utterances }) }])
    }
  }
  if (dialogue.state === 'idle') return nothing
  if (dialogue.state === 'recording') return recording(dialogue, input) ?? nothing
  return replying(dialogue, input) ?? nothing
}

type Rest = Exclude<DialogueInput, { type: 'cancel' | 'disconnect' | 'error' | 'write' | 'say' | 'talk' }>

function recording(dialogue: Dialogue, input: Rest): Transition | undefined {
  const { revision, speculation } = dialogue
  const discard: readonly DialogueEffect[] = speculation === undefined ? [] : [{ do: 'discard' }]
  switch (input.type) {
    case 'speculate':
      if (input.text.trim() === '' || (speculation !== undefined && sameWords(speculation, input.text)))
        return undefined
      return {
        next: { ...dialogue, revision: revision + 1, speculation: input.text },
        effects: [...discard, { do: 'reply', text: input.text, held: true }],
      }
    case 'resume':
      if (speculation === undefined) return undefined
      return { next: { ...dialogue, revision: revision + 1, speculation: undefined }, effects: discard }
    case 'commit':
      return { next: { ...dialogue, state: 'processing', awaiting: true }, effects: [{ do: 'ask' }] }
    case 'transcript':
      return input.text.trim() === '' ? idle(dialogue, 'no-words') : undefined
    default:
      return undefined
  }
}

function replying(dialogue: Dialogue, input: Rest): Transition | undefined {
  const { state, revision, speculation, awaiting } = dialogue
  switch (input.type) {
    case 'transcript': {
      if (!awaiting) return undefined
      if (input.text.trim() === '') return idle(dialogue, 'no-words')
      const settled: Dialogue = { ...dialogue, awaiting: false, speculation: undefined }
      if (speculation !== undefined && sameWords(speculation, input.text)) {
        return { next: settled, effects: [{ do: 'release' }] }
      }
      const discard: readonly DialogueEffect[] = speculation === undefined ? [] : [{ do: 'discard' }]
      return {
        next: { ...settled, revision: revision + 1 },
        effects: [...discard, { do: 'reply', text: input.text, held: false }],
      }
    }
    case 'sentence':
      return state === 'processing' && !awaiting
        ? { next: { ...dialogue, state: 'synthesizing' }, effects: [] }
        : undefined
    case 'sound':
      return state === 'playing' || awaiting ? undefined : { next: { ...dialogue, state: 'playing' }, effects: [] }
    case 'finish':
      return awaiting ? undefined : idle(dialogue, state === 'playing' ? 'complete' : 'empty-reply')
    case 'interrupt':
      return idle(dialogue, 'interrupted')
    default:
      return undefined
  }
}

/** Ends what is under way, whatever it is: nothing of it may be heard from now on. */
function leave({ state, speculation }: Dialogue, outcome: TurnOutcome): readonly DialogueEffect[] {
  if (state === 'idle') return []
  const held = speculation !== undefined
  const end: readonly DialogueEffect[] = held ? [{ do: 'discard' }] : state === 'recording' ? [] : [{ do: 'silence' }]
  return [...end, { do: 'close', outcome }]
}

function idle(dialogue: Dialogue, outcome: TurnOutcome, more: readonly DialogueEffect[] = []): Transition {
  return {
    next: { ...START, revision: dialogue.revision + 1 },
    effects: [...leave(dialogue, outcome), ...more, { do: 'listen' }],
  }
}

function begin(dialogue: Dialogue, state: DialogueState, effects: readonly DialogueEffect[]): Transition {
  const outcome = dialogue.state === 'recording' ? 'cancelled' : 'interrupted'
  return {
    next: { ...START, state, revision: dialogue.revision + 1 },
    effects: [...leave(dialogue, outcome), ...effects],
  }
}
