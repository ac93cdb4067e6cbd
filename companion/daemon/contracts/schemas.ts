import { z } from 'zod'
import { errorSchema } from '#protocol/api.ts'
import { AILMENT_NEEDS, HEALTH_KEPT, PLUGIN_STATUSES, type ContractInfo } from '#protocol/contracts.ts'

// Schemas of `/contracts…` and of the socket's `contracts.…`: requests are checked against them, and both documents are
// made from them.

/** Bytes of a call: sound goes up as base64. */
export const MAX_CALL = 48 << 20
/** Bytes of a state that is given back, as JSON. */
export const MAX_STATE_BODY = 9 << 20
/** Bytes of a stretch of sound: a minute. */
export const MAX_STRETCH = 4 << 20

const json = z.unknown().meta({ description: 'Any JSON' })
const jsonSchema = z.record(z.string(), z.unknown()).meta({ description: 'A JSON Schema' })
const name = z.string().min(1).max(64).meta({ description: 'Of the plugin' })
const values = z.record(z.string().max(256), json)

export const nameParams = z.object({ name })
export const nameInput = z.object({ name })

const voice = z.object({
  id: z.string().meta({ description: 'Among all voices it is NAME/ID' }),
  name: z.string(),
  lang: z.string(),
  gender: z.enum(['female', 'male', 'neutral']),
  grade: z.string().optional(),
})
const named = z.object({ id: z.string(), name: z.string() })

export const lightSchema = z
  .object({
    name: z.string(),
    displayName: z.string(),
    contract: z.string(),
    version: z.string(),
    status: z.enum(PLUGIN_STATUSES).meta({ description: 'Of its process' }),
    ailment: z
      .object({ need: z.enum(AILMENT_NEEDS).optional(), message: z.string() })
      .optional()
      .meta({
        description:
          'It says that it can’t work, though its process is READY or BUSY: `need` is what it waits for, absent where something broke',
      }),
    need: z.enum(['dependencies', 'config', 'interpreter', 'build']).optional(),
    quarantined: z.boolean(),
    offers: z.object({
      voices: z.array(voice).optional(),
      languages: z.array(named).optional(),
      models: z.array(named).optional(),
    }),
  })
  .meta({ id: 'ContractLight', description: 'What rooms need to know of a contract plugin' })

const health = z.object({
  at: z.string(),
  status: z.enum(PLUGIN_STATUSES),
  answered: z.boolean(),
  message: z.string(),
  took: z.number().meta({ description: 'Milliseconds until the answer' }),
  latencyMs: z.number().optional(),
  memoryMb: z.number().optional(),
  details: json.optional(),
})

const method = z.object({
  name: z.string(),
  about: z.string(),
  required: z.boolean(),
  streams: z.boolean(),
  offered: z.boolean().optional().meta({ description: 'Absent while the plugin was never started' }),
  params: jsonSchema,
  result: jsonSchema,
})

export const contractSchema = lightSchema
  .extend({
    folder: z.string(),
    problem: z.string().optional().meta({ description: 'Why it can’t be used at all' }),
    notes: z.array(z.string()),
    description: z.string(),
    author: z.string(),
    license: z.string(),
    homepage: z.string(),
    trust: z.enum(['local', 'signed', 'pinned']),
    sandbox: z.enum(['bubblewrap', 'none']),
    language: z.enum(['python', 'node', 'program']),
    requirements: z.array(z.string()),
    methods: z.array(method),
    configSchema: jsonSchema.optional(),
    failure: errorSchema.optional().meta({ description: 'Why it failed last' }),
    health: z.array(health).max(HEALTH_KEPT),
    restarts: z.int(),
    keepsState: z.literal(true).optional().meta({ description: 'Whether it can hand over its state' }),
    faults: z.int().meta({ description: 'Lines, answers and ids that nobody asked for, since it was started' }),
    pid: z.int().optional(),
    memory: z.int().optional().meta({ description: 'Bytes, of its processes' }),
    lastUsed: z.string().optional(),
  })
  .meta({ id: 'Contract', description: 'A contract plugin' })

// What a schema does not name would be left out of answers without a word.
type Untold = Exclude<keyof ContractInfo, keyof z.infer<typeof contractSchema>>
true satisfies [Untold] extends [never] ? true : Untold

export const configSchema = z
  .object({
    schema: jsonSchema,
    values,
    secrets: z.array(z.string()).meta({ description: 'Settings that are never told' }),
    set: z.array(z.string()).meta({ description: 'Secrets that are set' }),
    faults: z.array(z.object({ path: z.string(), message: z.string() })),
  })
  .meta({ id: 'ContractConfig' })

export const configBody = z
  .strictObject({
    values: values.meta({
      description: 'All settings. A secret that is left out stays as it is; an empty one is removed.',
    }),
  })
  .meta({ id: 'ContractConfigDraft' })

export const callBody = z
  .strictObject({
    method: z.string().min(1).max(128),
    params: z.record(z.string(), json).default({}).meta({
      description: 'Bytes are { "encoding": "base64", "mime", "data" }',
    }),
  })
  .meta({ id: 'ContractCall' })

export const callInput = callBody.extend({ name })

export const callReport = z
  .object({
    result: json,
    took: z.number().meta({ description: 'Milliseconds' }),
    items: z.int().meta({ description: 'Items of a stream before the result' }),
    command: z.string().meta({ description: 'The same call as a command line' }),
  })
  .meta({ id: 'ContractCallReport' })

export const streamLine = z.union([z.object({ item: json, at: z.number() }), z.object({ report: callReport })])

export const stateSchema = z.strictObject({ state: json }).meta({ id: 'ContractState' })

export const logSchema = z.array(z.object({ at: z.string(), text: z.string() }))

export const stretchQuery = z.object({ lang: z.string().max(64).optional() })

export const recognition = z
  .object({
    text: z.string(),
    words: z.array(
      z.object({
        text: z.string(),
        from: z.int(),
        to: z.int(),
        start: z.number().meta({ description: 'Seconds from the first sample' }),
        end: z.number(),
        confidence: z.number().optional(),
      }),
    ),
  })
  .meta({ id: 'Recognition' })

export const contractEvent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('info'), info: contractSchema }),
  z.object({ kind: z.literal('gone'), name: z.string() }),
  z.object({ kind: z.literal('log'), name: z.string(), at: z.string(), text: z.string() }),
])

export const installLine = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), done: z.number(), total: z.number(), what: z.string() }),
  z.object({ kind: z.literal('log'), text: z.string() }),
  z.object({ kind: z.literal('done'), lock: z.array(z.string()) }),
])
