import { ref, shallowRef } from 'vue'
import type { DialogueEvent, DialogueState, EventsDropped } from '#protocol/dialogue.ts'
import { fromErrorData, type ErrorData, type SeamError } from '#protocol/errors.ts'
import type { TalkPart } from './failure-words.ts'

const NOTHING_SAID = { text: '', stable: 0 }
const NO_REPLY = { text: '', heard: '' }
const HEARING: ReadonlySet<DialogueState> = new Set(['idle', 'recording'])

const isHearing = ({ details }: ErrorData) => details['part'] === ('hearing' satisfies TalkPart)
/** @param error of this part of the talk, which is told by its words */
export const failureOf = (part: TalkPart, error: ErrorData, more: ErrorData['details'] = {}): SeamError =>
  fromErrorData({ ...error, details: { ...error.details, ...more, part } })

/** What is seen of a dialogue while it goes on, as its events tell it. For a store's setup. */
export function createTalkView() {
  const state = ref<DialogueState>('idle')
  /** What is being said, and how much of it will stay. */
  const caption = shallowRef(NOTHING_SAID)
  /** The reply under way. */
  const reply = shallowRef(NO_REPLY)
  /** Milliseconds without a sentence. */
  const thinking = ref(0)
  const echoes = ref(false)
  const failure = shallowRef<SeamError>()

  function show(event: DialogueEvent | EventsDropped): void {
    switch (event.type) {
      case 'StateChanged':
        state.value = event.state
        if (event.state === 'recording') failure.value = undefined
        break
      case 'RecordingStarted':
        caption.value = NOTHING_SAID
        break
      case 'Transcription':
        caption.value = { text: event.text, stable: event.isFinal ? event.text.length : event.stable }
        break
      case 'Thinking':
        thinking.value = event.elapsed
        break
      case 'ReplyStarted':
        thinking.value = 0
        reply.value = NO_REPLY
        // What was spoken is there already.
        if (event.typed !== undefined) caption.value = { text: event.typed, stable: event.typed.length }
        break
      case 'ReplyText':
        thinking.value = 0
        reply.value = { ...reply.value, text: reply.value.text + event.text }
        break
      case 'EchoSuspected':
        if (event.warn) echoes.value = true
        break
      case 'ReplyFailed':
        failure.value = failureOf('answer', event.error)
        break
      case 'DialogueFailed':
        // Nobody answers yet while somebody speaks, or nobody does.
        failure.value = failureOf(
          isHearing(event.error) || HEARING.has(state.value) ? 'hearing' : 'answer',
          event.error,
        )
        break
      case 'TurnComplete':
        thinking.value = 0
        caption.value = NOTHING_SAID
        reply.value = NO_REPLY
        break
    }
  }

  /** Nothing goes on any more. */
  function clear(): void {
    state.value = 'idle'
    caption.value = NOTHING_SAID
    reply.value = NO_REPLY
    thinking.value = 0
    echoes.value = false
    failure.value = undefined
  }

  return { state, caption, reply, thinking, echoes, failure, show, clear }
}
