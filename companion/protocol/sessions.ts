import { z } from 'zod'
import { errorSchema } from './api.ts'
import { DIALOGUE_STATES, type TurnOutcome } from './dialogue.ts'

// Schemas of `/sessions` and of `ws /ws/session/{id}`: what comes in is checked against them, and openapi.json and
// asyncapi.json are made from them.

/** Hz of the sound that a client sends, and of the sound that it gets, when it does not say. */
export const INPUT_RATE = 16_000
export const OUTPUT_RATE = 24_000
/** What either may be. */
export const LOWEST_RATE = 8_000
export const HIGHEST_RATE = 48_000
/** Characters of what is said by text, and of a name. */
export const LONGEST_TEXT = 8_000
export const LONGEST_USER = 80
/** How long the user is waited for, as a part of the usual. */
export const PATIENCE = { least: 0.25, most: 4 } as const

/** `hands-free`: whoever speaks is listened to. `push-to-talk`: between start and stop alone; these work in both. */
export const SESSION_MODES = ['hands-free', 'push-to-talk'] as const

/** What a hot key can do with a session. */
export const SESSION_COMMANDS = ['start', 'stop', 'cancel', 'toggle'] as const
export type SessionCommand = (typeof SESSION_COMMANDS)[number]

const sessionId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, {
  error: 'an id has 1 to 64 letters, digits, “.”, “_” and “-”, and begins with a letter or digit',
})

export const sessionParams = z.object({ id: sessionId })

const persona = z.string().min(1).max(128).meta({ description: 'The id of one that GET /personas lists' })
const voice = z.string().min(1).max(512).meta({ description: 'A voice, or a mix such as af_heart:0.7,bf_emma:0.3' })
const mode = z.enum(SESSION_MODES)
const rate = z.int().min(LOWEST_RATE).max(HIGHEST_RATE)

/** How a talk is held. What is left out stays as it is, or is the usual. */
const wishes = {
  persona: persona.optional(),
  voice: voice.optional(),
  model: z.string().min(1).max(320).optional().meta({
    description: '“echo” repeats; else the id of a language provider, or id:model. The first one’s if left out',
  }),
  mode: mode.optional(),
  user: z.string().min(1).max(LONGEST_USER).optional().meta({ description: 'What the persona calls the user' }),
  patience: z
    .number()
    .min(PATIENCE.least)
    .max(PATIENCE.most)
    .optional()
    .meta({ description: 'How long silence is waited out before a turn counts as over: 1 is usual' }),
}

export const sessionBody = z.strictObject({ id: sessionId.optional(), ...wishes }).meta({ id: 'SessionDraft' })
export type SessionWish = Omit<z.infer<typeof sessionBody>, 'id'>

/** What a client says of itself when it connects. */
const connection = {
  input_rate: rate.optional().meta({ description: `Hz of what the client sends; ${INPUT_RATE} when left out` }),
  output_rate: rate.optional().meta({ description: `Hz of what it gets; ${OUTPUT_RATE} when left out` }),
  greet: z.boolean().optional().meta({ description: 'Whether the persona speaks first, where nothing was said yet' }),
}

const hello = z.object({ type: z.literal('hello'), ...wishes, ...connection })
export type ConnectionWish = Omit<z.infer<typeof hello>, 'type'>

/** The same in the address, as text. */
export const connectQuery = z.object({
  ...wishes,
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
    schema: z.object({ type: z.literal('set_persona'), persona }),
  },
  set_voice: {
    about: 'In which voice, from the next reply on',
    schema: z.object({ type: z.literal('set_voice'), voice }),
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

const OUTCOMES = [
  'complete',
  'empty-reply',
  'no-words',
  'echo',
  'interrupted',
  'cancelled',
  'failed',
  'disconnected',
] as const satisfies readonly TurnOutcome[]

const mark = z.number().optional()

const turnSchema = z
  .object({
    id: z.int(),
    user: z
      .object({ text: z.string(), start: z.number().optional(), end: z.number().optional() })
      .optional()
      .meta({ description: 'start and end in seconds of the sound that was sent since the client connected' }),
    reply: z
      .object({ text: z.string(), heard: z.string(), unheard: z.string(), segments: z.array(z.string()) })
      .optional()
      .meta({ description: 'heard and unheard together are the text' }),
    outcome: z.enum(OUTCOMES),
    marks: z
      .object({
        lastSpeech: mark,
        softEnd: mark,
        turnCommit: mark,
        transcriptFinal: mark,
        firstToken: mark,
        firstSentence: mark,
        firstSample: mark,
        firstHeard: mark,
        end: mark,
      })
      .meta({ description: 'When each step came: milliseconds on the companion’s clock' }),
  })
  .meta({ id: 'Turn' })

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
      mode,
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

export const sessionSchema = z
  .object({
    id: z.string(),
    created: z.string(),
    connected: z.boolean().meta({ description: 'Whether a client is there' }),
    state: z.enum(DIALOGUE_STATES),
    mode,
    persona: z.object({ id: z.string(), name: z.string() }),
    voice: z.string(),
    model: z.string().nullable(),
    turns: z.int().meta({ description: 'Exchanges so far' }),
  })
  .meta({ id: 'Session' })
export type SessionInfo = z.infer<typeof sessionSchema>

/** One session, with what was said. */
export const sessionHistory = sessionSchema.extend({ history: z.array(turnSchema) }).meta({ id: 'SessionHistory' })
