import { z } from 'zod'
import { STAGES } from './plugins.ts'

// The file as JSON: docs/schemas/manifest.schema.json is made from this, and what it can't say stands in core/plugins.

/** Options of one plugin. */
export const MAX_OPTIONS = 64

const line = z.string().max(2000)
const seconds = z.number().min(1).max(3600)
const word = z.string().min(1).max(512)
const scalar = z.union([z.string(), z.number(), z.boolean()])

const optionSchema = z.strictObject({
  type: z.enum(['string', 'number', 'integer', 'boolean']),
  default: scalar.optional(),
  required: z.boolean().optional(),
  enum: z.array(scalar).min(1).max(256).optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  description: line.optional(),
})

const optionName = z.string().regex(/^[a-z][a-z0-9_-]{0,63}$/)
const types = z.array(z.string().min(1).max(256)).min(1).max(32)

/** Systems that a plugin is for: `linux-x64`. */
export const platformSchema = z.array(z.string().regex(/^[a-z0-9]+-[a-z0-9]+$/)).max(32)
/** Names of variables that it may see. */
export const environmentSchema = z.array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/)).max(64)
/** What it asks for in a sandbox. */
export const permissionsSchema = z.strictObject({
  network: z.boolean().optional(),
  gpu: z.boolean().optional(),
  read: z
    .array(z.enum(['models']))
    .max(8)
    .optional(),
})

/** `plugin.toml`, read into JSON. */
export const manifestSchema = z
  .strictObject({
    name: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/),
    version: z
      .string()
      .max(128)
      .regex(/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/),
    protocol_version: z.string().min(1).max(16),
    entrypoint: word,
    mode: z.enum(['streaming', 'batch']),
    input: types,
    output: types,
    interpreter: z.union([word, z.array(word).min(1).max(16)]).optional(),
    description: line.optional(),
    license: line.optional(),
    homepage: line.optional(),
    author: line.optional(),
    stage: z.enum(STAGES).optional(),
    platform: platformSchema.optional(),
    env: environmentSchema.optional(),
    permissions: permissionsSchema.optional(),
    startup_timeout: seconds.optional(),
    idle_timeout: seconds.optional(),
    max_input_bytes: z.int().min(1).max(1_073_741_824).optional(),
    build: z.array(word).min(1).max(32).optional(),
    options: z
      .record(optionName, optionSchema)
      .refine(options => Object.keys(options).length <= MAX_OPTIONS, `at most ${MAX_OPTIONS} options are allowed`)
      .optional(),
    test: z.strictObject({ input: word.optional(), options: z.record(optionName, scalar).optional() }).optional(),
    x: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ title: 'Voxloom plugin manifest, revision 0.1', description: 'plugin.toml as JSON' })

export type RawManifest = z.infer<typeof manifestSchema>

export const handshakeSchema = z
  .looseObject({
    protocol: z.string(),
    input_type: z.string(),
    output_type: z.string(),
    config: z.record(z.string(), scalar),
  })
  .meta({ title: 'Voxloom plugin handshake, revision 0.1' })

export type Handshake = z.infer<typeof handshakeSchema>

export const errorFrameSchema = z
  .looseObject({
    type: z.literal('error'),
    message: z.string(),
    fatal: z.boolean().optional(),
    code: z
      .string()
      .regex(/^[A-Z][A-Z0-9_]{0,63}$/)
      .optional(),
  })
  .meta({ title: 'Voxloom plugin error frame, revision 0.1' })
