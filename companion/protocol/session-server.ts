import { z } from 'zod'
import { errorSchema } from './api.ts'
import { DIALOGUE_STATES } from './dialogue.ts'
import { SESSION_MODES, turnSchema } from './sessions.ts'

const turn = z.int().meta({ description: 'Counts up from 1; 0 before the first' })
const format = { channels: z.literal(1), format: z.literal('f32le') }

/** What a client is told, by `type`. */
export const serverMessages = {
  session_started: {
    about: 'First of all, and again after hello: what holds from now on',
    schema: z.object({
      type: z.literal('session_started'),
      session: z.string(),
      input: z.object({ sample_rate: z.int(), ...format }),
      output: z.object({
        sample_rate: z.int(),
        ...format,
        lead: z.number().meta({ description: 'Seconds by which sound is sent ahead of the listener at most' }),
      }),
      mode: z.enum(SESSION_MODES),
      persona: z.object({ id: z.string(), name: z.string() }),
      voice: z.string(),
      model: z.string().nullable().meta({ description: 'null: none is set up' }),
    }),
  },
  state: {
    about: 'What is going on: told after everything else that the change brought with it',
    schema: z.object({ type: z.literal('state'), state: z.enum(DIALOGUE_STATES), turn }),
  },
  recording_started: {
    about: 'A turn of the user begins',
    schema: z.object({ type: z.literal('recording_started'), by: z.enum(['voice', 'key', 'barge-in']), turn }),
  },
  transcription: {
    about: 'What is said in this turn, each time all of it. The final one comes once, and stays',
    schema: z.object({
      type: z.literal('transcription'),
      text: z.string(),
      is_final: z.boolean(),
      stable: z.int().meta({ description: 'UTF-16 units at its beginning that will not change' }),
      turn,
    }),
  },
  llm_response: {
    about: 'The next piece of the reply; with is_final all of it, once the model has said all',
    schema: z.object({ type: z.literal('llm_response'), text: z.string(), is_final: z.boolean(), turn }),
  },
  playback_started: {
    about: 'The sound of the reply follows in binary messages',
    schema: z.object({ type: z.literal('playback_started'), sample_rate: z.int(), turn }),
  },
  playback_ducked: {
    about: 'Somebody may be speaking: what follows is softer',
    schema: z.object({ type: z.literal('playback_ducked'), turn }),
  },
  playback_held: {
    about: 'Somebody is: nothing follows until it is known whether it is meant. Who can is silent at once',
    schema: z.object({ type: z.literal('playback_held'), turn }),
  },
  playback_resumed: {
    about: 'It was not: the sound goes on where it was',
    schema: z.object({ type: z.literal('playback_resumed'), turn }),
  },
  playback_interrupted: {
    about: 'The reply is broken off: what was not played yet is to be thrown away',
    schema: z.object({ type: z.literal('playback_interrupted'), heard: z.string(), unheard: z.string(), turn }),
  },
  playback_complete: {
    about: 'All of the reply was heard',
    schema: z.object({ type: z.literal('playback_complete'), turn }),
  },
  echo_suspected: {
    about: 'What was heard was the reply itself: with warn so often that the user needs headphones',
    schema: z.object({
      type: z.literal('echo_suspected'),
      text: z.string(),
      count: z.int(),
      warn: z.boolean(),
      turn,
    }),
  },
  turn_complete: {
    about: 'The last message of a turn but for the state that follows it',
    schema: z.object({ type: z.literal('turn_complete'), result: turnSchema, turn }),
  },
  events_dropped: {
    about: 'The client reads too slowly: so many messages were left out here',
    schema: z.object({ type: z.literal('events_dropped'), count: z.int() }),
  },
  error: {
    about: 'What went wrong, as a sentence. The session goes on',
    schema: z.object({ type: z.literal('error'), ...errorSchema.shape, turn: turn.optional() }),
  },
} as const

export type ServerMessage = z.infer<(typeof serverMessages)[keyof typeof serverMessages]['schema']>
