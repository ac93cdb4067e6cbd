import { z } from 'zod'
import { JOB_STATES } from './jobs.ts'
import { STAGES } from './plugins.ts'

// Schemas of the REST interface: what is sent is checked against them, and openapi.json is made from them.

const scalar = z.union([z.string(), z.number(), z.boolean()])

export const errorSchema = z
  .object({
    code: z.string(),
    message: z.string(),
    retryable: z.boolean(),
    details: z.record(z.string(), z.union([z.string(), z.number()])),
  })
  .meta({ id: 'Error', description: 'What went wrong, as a sentence.' })

const optionInfo = z.object({
  type: z.enum(['string', 'number', 'integer', 'boolean']),
  default: scalar.optional(),
  required: z.boolean().optional(),
  enum: z.array(scalar).optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  description: z.string().optional(),
})

export const pluginSchema = z
  .object({
    id: z.string(),
    folder: z.string(),
    problem: z.string().optional(),
    version: z.string(),
    protocol: z.string(),
    description: z.string(),
    license: z.string(),
    homepage: z.string(),
    author: z.string(),
    mode: z.enum(['streaming', 'batch']),
    input: z.array(z.string()),
    output: z.array(z.string()),
    stage: z.enum(STAGES),
    options: z.record(z.string(), optionInfo),
    permissions: z.object({ network: z.boolean(), gpu: z.boolean(), read: z.array(z.string()) }),
    env: z.array(z.string()),
    trust: z.enum(['local', 'signed', 'pinned']),
    sandbox: z.enum(['bubblewrap', 'none']),
    verification: z.object({
      state: z.enum(['verified', 'failed', 'unknown']),
      at: z.string().optional(),
      message: z.string().optional(),
      trying: z.boolean().meta({ description: 'It is being tried; the rest tells of the last time.' }).optional(),
    }),
  })
  .meta({ id: 'Plugin' })

// Strict: a key that nobody reads (an “entrypoint”, a misspelt “options”) is refused, not passed over.
const pipelineObject = z
  .strictObject({
    name: z.string(),
    version: z.string().optional(),
    description: z.string().optional(),
    nodes: z.array(
      z.strictObject({ id: z.string(), plugin: z.string(), options: z.record(z.string(), scalar).optional() }),
    ),
  })
  .meta({ id: 'Pipeline' })

/** A pipeline as JSON, as the text of a `.cr` file, or by the name under which it was saved. */
export const pipelineSource = z
  .union(
    [
      pipelineObject,
      z.strictObject({ toml: z.string().max(1_048_576) }),
      z.strictObject({ saved: z.string().min(1).max(64) }),
    ],
    { error: issue => (issue.code === 'invalid_union' ? inWords(issue.input, issue.errors) : undefined) },
  )
  .meta({ id: 'PipelineSource' })

interface Fault {
  readonly path: readonly PropertyKey[]
  readonly message: string
}

/** What is wrong with the form that was meant, rather than with all three. */
function inWords(input: unknown, faults: readonly (readonly Fault[])[]): string {
  const shape = 'a pipeline is { name, nodes: [{ id, plugin, options }] }, or { toml }, or { saved }'
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return shape
  const meant = faults['toml' in input ? 1 : 'saved' in input ? 2 : 0] ?? []
  const said = meant.slice(0, 8).map(({ path, message }) => `${path.length > 0 ? `${path.join('.')}: ` : ''}${message}`)
  return [...said, shape].join('; ')
}

export type PipelineSource = z.infer<typeof pipelineSource>

const mediaType = z
  .string()
  .max(256)
  .regex(/^[^/;\s]+\/[^/;\s]+(\s*;.*)?$/, { error: 'a media type is written like text/plain or audio/pcm;rate=24000' })
  .meta({ examples: ['text/plain', 'audio/pcm;rate=24000;channels=1'] })

export const validateBody = z.strictObject({ pipeline: pipelineSource, input_type: mediaType.optional() })

export const validation = z
  .object({
    valid: z.boolean(),
    problems: z.array(z.object({ code: z.string(), node: z.string(), message: z.string() })),
    nodes: z.array(z.object({ id: z.string(), plugin: z.string(), input: z.string(), output: z.string() })),
  })
  .meta({ id: 'Validation' })

/** `chapters` cuts a text at its chapters: several are made at once, and after a crash none is made twice. */
const split = z.enum(['none', 'chapters'])

export const runBody = z
  .strictObject({
    pipeline: pipelineSource,
    /** Text of the input. Anything else is sent as the body itself: see the description. */
    input: z.string(),
    input_type: mediaType.optional(),
    split: split.optional(),
  })
  .meta({ id: 'Run' })

export const runQuery = z.object({
  /** For a body that is the input itself: the name of a saved pipeline, */
  pipeline: z.string().max(64).optional(),
  /** or of one that was sent before. */
  draft: z.string().max(64).optional(),
  split: split.optional(),
})

export const jobSchema = z
  .object({
    id: z.string(),
    pipeline: z.string(),
    state: z.enum(JOB_STATES),
    inputType: z.string(),
    outputType: z.string(),
    inputBytes: z.int(),
    consumed: z.int(),
    outputBytes: z.int(),
    created: z.string(),
    started: z.string().optional(),
    finished: z.string().optional(),
    attempts: z.int(),
    message: z.string().optional(),
    warnings: z.int(),
  })
  .meta({ id: 'Job' })

export const jobsQuery = z.object({
  state: z.enum(JOB_STATES).optional(),
  limit: z.coerce.number().int().min(1).max(1000).optional(),
})

export const idParams = z.object({ id: z.string().min(1).max(128) })
// The saved pipelines judge names, in words; here only what a stranger may want to know beforehand.
export const nameParams = z.object({
  name: z.string().min(1).max(128).meta({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$', maxLength: 64 }),
})

const pipelineFile = z.object({ toml: z.string(), pipeline: pipelineObject })

export const savedPipeline = pipelineFile.extend({ name: z.string() }).meta({ id: 'SavedPipeline' })

/** What a job does. */
export const jobPipelineSchema = pipelineFile.meta({ id: 'JobPipeline' })

export const pipelineDraft = z
  .object({ draft: z.string().meta({ description: 'Its name, for `POST /pipeline/run?draft=`.' }) })
  .meta({ id: 'PipelineDraft' })
