import type { DialogueEvent, EventsDropped } from '#protocol/dialogue.ts'
import { errorData } from '#protocol/errors.ts'
import type { ServerMessage } from '#protocol/session-server.ts'

/**
 * What a client is told of an event: nothing of what only concerns the inside, and nothing of PlaybackStarted, which the
 * sink tells itself, before the first sample.
 */
export function messagesOf(event: DialogueEvent | EventsDropped): readonly ServerMessage[] {
  if (event.type === 'EventsDropped') return [{ type: 'events_dropped', count: event.count }]
  const { turn } = event
  switch (event.type) {
    case 'StateChanged':
      return [{ type: 'state', state: event.state, turn }]
    case 'RecordingStarted': {
      const { by } = event
      // A turn by text, and the persona's own, record nothing.
      return by === 'text' || by === 'persona' ? [] : [{ type: 'recording_started', by, turn }]
    }
    case 'Transcription':
      return [{ type: 'transcription', text: event.text, is_final: event.isFinal, stable: event.stable, turn }]
    case 'ReplyText':
      return [{ type: 'llm_response', text: event.text, is_final: false, turn }]
    case 'ReplyComplete':
      return [{ type: 'llm_response', text: event.text, is_final: true, turn }]
    case 'ReplyFailed':
      // What came is spoken, and is all that comes.
      return [
        { type: 'llm_response', text: event.kept, is_final: true, turn },
        { type: 'error', ...event.error, turn },
      ]
    case 'PlaybackDucked':
      return [{ type: 'playback_ducked', turn }]
    case 'PlaybackHeld':
      return [{ type: 'playback_held', turn }]
    case 'PlaybackResumed':
      return [{ type: 'playback_resumed', turn }]
    case 'PlaybackInterrupted':
      return [{ type: 'playback_interrupted', heard: event.heard, unheard: event.unheard, turn }]
    case 'PlaybackComplete':
      return [{ type: 'playback_complete', turn }]
    case 'EchoSuspected':
      return [{ type: 'echo_suspected', text: event.text, count: event.count, warn: event.warn, turn }]
    case 'TurnComplete': {
      const { user, reply, ...rest } = event.result
      const result = {
        ...rest,
        ...(user && { user }),
        ...(reply && { reply: { ...reply, segments: [...reply.segments] } }),
      }
      return [{ type: 'turn_complete', result, turn }]
    }
    case 'DialogueFailed':
      return [{ type: 'error', ...event.error, turn }]
    default:
      return []
  }
}

/** A failure beside the dialogue: a message that can't be used, a client that is replaced. */
export const errorMessage = (error: unknown): ServerMessage => ({ type: 'error', ...errorData(error) })
