import { z } from 'zod'
import { DIALOGUE_STATES, type TurnOutcome } from './dialogue.ts'

// Schemas of `/sessions`; those of `ws /ws/session/{id}` are in session-client.ts and session-server.ts. What comes in
// is checked against them, and openapi.json and asyncapi.json are made from them.

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

export const personaId = z.string().min(1).max(128).meta({ description: 'The id of one that GET /personas lists' })
export const voiceText = z
  .string()
  .min(1)
  .max(512)
  .meta({ description: 'A voice, or a mix such as af_heart:0.7,bf_emma:0.3' })
const mode = z.enum(SESSION_MODES)

/** How a talk is held. What is left out stays as it is, or is the usual. */
export const sessionWishes = {
  persona: personaId.optional(),
  voice: voiceText.optional(),
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

export const sessionBody = z.strictObject({ id: sessionId.optional(), ...sessionWishes }).meta({ id: 'SessionDraft' })
export type SessionWish = Omit<z.infer<typeof sessionBody>, 'id'>

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

export const turnSchema = z
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
