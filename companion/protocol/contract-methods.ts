import { z } from 'zod'

// Methods of the contracts: docs/schemas/contract-*.schema.json are made from these, the conformance kit and the host
// judge by them. The page has them as JSON Schema over REST: zod stays out of it.

/** One method of a contract. */
export interface MethodSpec {
  readonly name: string
  readonly about: string
  /** Whether each plugin of the contract must have it. */
  readonly required: boolean
  /** Whether it may answer in items before its result. */
  readonly streams: boolean
  /** Whether it may be asked again after the plugin died, when nothing of the answer had come. */
  readonly retry: boolean
  readonly params: z.ZodType
  readonly result: z.ZodType
  /** One item of a stream. */
  readonly item?: z.ZodType
}

/** Sound, or any bytes: inside the line, or behind it where both sides agreed on `attachments`. */
export const wireAudio = z
  .union([
    z.object({ encoding: z.literal('base64'), mime: z.string().min(1).max(256), data: z.base64() }),
    z.object({ encoding: z.literal('attachment'), mime: z.string().min(1).max(256), attachment: z.int().min(0) }),
  ])
  .meta({ title: 'Bytes', description: 'Sound, or other bytes, with their media type' })

const text = z.string().describe('What is to be said')
const language = z.string().max(64).describe('BCP 47: en, de-CH')
const voiceId = z.string().min(1).max(256).describe('As get_voices names it')
const model = z.string().min(1).max(256).describe('As get_models names it')
const session = z.string().min(1).max(256).describe('As start_stream named it')
const sound = wireAudio.describe('16 kHz, mono, audio/wav unless the plugin says otherwise')
const message = z.object({
  role: z.enum(['system', 'user', 'assistant']),
  content: z.string(),
})
const sampling = {
  max_tokens: z.int().min(1).default(1024).describe('The most that the reply may have'),
  temperature: z.number().min(0).max(2).default(0.7),
  stop_sequences: z.array(z.string().min(1)).max(16).optional().describe('The reply ends before one of these'),
}
const word = z.object({
  text: z.string(),
  start: z.number().min(0).describe('Seconds'),
  end: z.number().min(0).describe('Seconds'),
  confidence: z.number().min(0).max(1).optional(),
})
const transcript = z.union([
  z.string(),
  z.looseObject({ text: z.string(), language: z.string().optional(), words: z.array(word).optional() }),
])
const completion = z.union([z.string(), z.looseObject({ text: z.string() })])

const tts: readonly MethodSpec[] = [
  {
    name: 'synthesize',
    about: 'Speaks a text.',
    required: true,
    streams: true,
    retry: true,
    params: z.object({ text, voice_id: voiceId.optional() }),
    result: wireAudio.nullable(),
    item: wireAudio,
  },
  {
    name: 'get_voices',
    about: 'Lists the voices.',
    required: true,
    streams: false,
    retry: true,
    params: z.object({}),
    result: z.array(
      z.looseObject({
        id: voiceId,
        name: z.string().min(1),
        language: language.optional(),
        gender: z.string().optional(),
      }),
    ),
  },
  {
    name: 'get_voice_info',
    about: 'Tells about one voice.',
    required: false,
    streams: false,
    retry: true,
    params: z.object({ voice_id: voiceId }),
    result: z.looseObject({}),
  },
]

const stt: readonly MethodSpec[] = [
  {
    name: 'transcribe',
    about: 'Writes down what is said.',
    required: true,
    streams: false,
    retry: true,
    params: z.object({ audio: sound, language: language.optional() }),
    result: transcript,
  },
  {
    name: 'get_languages',
    about: 'Lists the languages.',
    required: true,
    streams: false,
    retry: true,
    params: z.object({}),
    result: z.array(
      z
        .looseObject({ id: language.optional(), code: language.optional(), name: z.string().min(1) })
        .refine(({ id, code }) => id !== undefined || code !== undefined, 'A language needs an “id” or a “code”.'),
    ),
  },
  {
    name: 'start_stream',
    about: 'Begins to listen piece by piece.',
    required: false,
    streams: false,
    retry: false,
    params: z.object({ language: language.optional() }),
    result: z.union([session, z.looseObject({ session_id: session })]),
  },
  {
    name: 'feed_audio',
    about: 'Hears the next piece.',
    required: false,
    streams: false,
    retry: false,
    params: z.object({ session_id: session, chunk: sound }),
    result: z.looseObject({ text: z.string().optional(), is_final: z.boolean().optional() }).nullable(),
  },
  {
    name: 'end_stream',
    about: 'Ends listening, and tells all that was said.',
    required: false,
    streams: false,
    retry: false,
    params: z.object({ session_id: session }),
    result: completion,
  },
]

const llm: readonly MethodSpec[] = [
  {
    name: 'complete',
    about: 'Goes on with a text.',
    required: true,
    streams: false,
    retry: true,
    params: z.object({ prompt: z.string(), model: model.optional(), ...sampling }),
    result: completion,
  },
  {
    name: 'chat',
    about: 'Answers a dialogue.',
    required: true,
    streams: false,
    retry: true,
    params: z.object({ messages: z.array(message).min(1), model: model.optional(), ...sampling }),
    result: z.union([
      z.string(),
      z.looseObject({ content: z.string() }),
      z.looseObject({ message: z.looseObject({ content: z.string() }) }),
    ]),
  },
  {
    name: 'get_models',
    about: 'Lists the models.',
    required: true,
    streams: false,
    retry: true,
    params: z.object({}),
    result: z.array(z.looseObject({ id: model, name: z.string().optional() })),
  },
  {
    name: 'stream_complete',
    about: 'Answers a text or a dialogue, piece by piece.',
    required: false,
    streams: true,
    retry: true,
    params: z.object({
      prompt: z.string().optional(),
      messages: z.array(message).min(1).optional(),
      model: model.optional(),
      ...sampling,
    }),
    result: completion.nullable(),
    item: z.string(),
  },
]

/** Contracts that rooms of the product use. The registry is open: other names are passed on as they are. */
export const CONTRACT_METHODS: Readonly<Record<string, readonly MethodSpec[]>> = { tts, stt, llm }

const status = z.enum(['UNLOADED', 'INITIALIZING', 'READY', 'BUSY', 'ERROR', 'SHUTTING_DOWN', 'STOPPED'])

/** Methods of every plugin, whatever its contract. */
export const LIFECYCLE = {
  initialize: {
    params: z.looseObject({
      revision: z.int().min(1),
      host: z.looseObject({ name: z.string(), version: z.string() }),
      name: z.string(),
      contract: z.string(),
      config: z.record(z.string(), z.unknown()),
      features: z.array(z.string()),
      data_folder: z.string().describe('Where the plugin may write'),
    }),
    result: z.union([
      z.literal(false).describe('It can’t start'),
      z.looseObject({
        revision: z.int().min(1),
        features: z.array(z.string()).optional().describe('attachments, state'),
        status: status.optional(),
        methods: z
          .array(
            z.looseObject({
              name: z.string(),
              params: z.array(z.string()).optional(),
              streams: z.boolean().optional(),
            }),
          )
          .optional(),
      }),
    ]),
  },
  health_check: {
    params: z.object({}),
    result: z.looseObject({
      status,
      message: z.string().optional(),
      details: z.unknown().optional(),
      latency_ms: z.number().min(0).nullable().optional(),
      memory_mb: z.number().min(0).nullable().optional(),
    }),
  },
  capture_state: { params: z.object({}), result: z.unknown() },
  restore_state: { params: z.object({ state: z.unknown() }), result: z.unknown() },
  shutdown: { params: z.object({}), result: z.unknown() },
} as const satisfies Readonly<Record<string, { readonly params: z.ZodType; readonly result: z.ZodType }>>
