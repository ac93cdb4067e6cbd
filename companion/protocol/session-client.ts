import { z } from 'zod'
import {
  HIGHEST_RATE,
  INPUT_RATE,
  LONGEST_TEXT,
  LOWEST_RATE,
  OUTPUT_RATE,
  PATIENCE,
  personaId,
  sessionWishes,
  voiceText,
} from './sessions.ts'

const rate = z.int().min(LOWEST_RATE).max(HIGHEST_RATE)

/** What a client says of itself when it connects. */
const connection = {
  input_rate: rate.optional().meta({ description: `Hz of what the client sends; ${INPUT_RATE} when left out` }),
  output_rate: rate.optional().meta({ description: `Hz of what it gets; ${OUTPUT_RATE} when left out` }),
  greet: z.boolean().optional().meta({ description: 'Whether the persona speaks first, where nothing was said yet' }),
}

const hello = z.object({ type: z.literal('hello'), ...sessionWishes, ...connection })
export type ConnectionWish = Omit<z.infer<typeof hello>, 'type'>

/** The same in the address, as text. */
export const connectQuery = z.object({
  ...sessionWishes,
  patience: z.coerce.number().min(PATIENCE.least).max(PATIENCE.most).optional(),
  input_rate: z.coerce.number().int().min(LOWEST_RATE).max(HIGHEST_RATE).optional(),
  output_rate: z.coerce.number().int().min(LOWEST_RATE).max(HIGHEST_RATE).optional(),
  greet: z.enum(['true', 'false']).optional(),
})

/** What a client may say, by `type`. */
export const clientMessages = {
  hello: { about: 'How the talk is held: only as the first message', schema: hello },
  start_recording: {
    about: 'The talk key goes down: a reply stops, and what is said from now on is one turn',
    schema: z.object({ type: z.literal('start_recording') }),
  },
  stop_recording: {
    about: 'It goes up: the turn is over once all sound before it was heard',
    schema: z.object({ type: z.literal('stop_recording') }),
  },
  cancel: {
    about: 'Gives up whatever is under way',
    schema: z.object({ type: z.literal('cancel') }),
  },
  text: {
    about: 'Says by text what would have been spoken',
    schema: z.object({ type: z.literal('text'), text: z.string().min(1).max(LONGEST_TEXT) }),
  },
  set_persona: {
    about: 'Who answers from the next reply on',
    schema: z.object({ type: z.literal('set_persona'), persona: personaId }),
  },
  set_voice: {
    about: 'In which voice, from the next reply on',
    schema: z.object({ type: z.literal('set_voice'), voice: voiceText }),
  },
  playback_position: {
    about: 'How much of the reply was really heard. Whoever tells this at all tells it at least four times a second',
    schema: z.object({
      type: z.literal('playback_position'),
      samples: z.int().min(0).meta({ description: 'Samples played since playback_started' }),
      turn: z
        .int()
        .optional()
        .meta({ description: 'That of playback_started: what belongs to another is passed over' }),
    }),
  },
} as const

/** Any of them. */
export const clientMessage = z.discriminatedUnion('type', [
  clientMessages.hello.schema,
  clientMessages.start_recording.schema,
  clientMessages.stop_recording.schema,
  clientMessages.cancel.schema,
  clientMessages.text.schema,
  clientMessages.set_persona.schema,
  clientMessages.set_voice.schema,
  clientMessages.playback_position.schema,
])
export type ClientMessage = z.infer<typeof clientMessage>
