import { z } from 'zod'
import { rawContractManifest } from '#protocol/contract-manifest.ts'
import { CONTRACT_METHODS, LIFECYCLE, wireAudio } from '#protocol/contract-methods.ts'
import type { JsonSchema } from '#protocol/contracts.ts'
import { MAX_ATTACHMENTS } from './wire/limits.ts'

interface MethodSchemas {
  readonly about?: string
  readonly params: z.ZodType
  readonly result: z.ZodType
  readonly item?: z.ZodType
}

const id = z.union([z.string(), z.int()]).describe('As the request has it')
const version = z.literal('2.0')
const attachments = z.int().min(1).max(MAX_ATTACHMENTS).optional().describe('How many follow the line')
const bag = z.record(z.string(), z.unknown())

/** Every line of the wire, by its form alone. */
const MESSAGES = {
  request: z.object({ jsonrpc: version, id, method: z.string(), params: bag.optional(), attachments }),
  result: z.object({ jsonrpc: version, id, result: z.unknown(), attachments }),
  failure: z.object({
    jsonrpc: version,
    id: id.nullable(),
    error: z.object({ code: z.int(), message: z.string(), data: z.unknown().optional() }),
  }),
  item: z.object({
    jsonrpc: version,
    method: z.literal('$/progress'),
    params: z.object({ token: id, value: z.unknown() }),
    attachments,
  }),
  cancel: z.object({ jsonrpc: version, method: z.literal('$/cancelRequest'), params: z.object({ id }) }),
  bytes: wireAudio,
}

/** The schemas of contract plugins in docs/schemas, by the name of the file. JSON Schema, draft 2020-12. */
export function contractSchemas(): Readonly<Record<string, JsonSchema>> {
  const files: Record<string, JsonSchema> = {
    'contract-manifest.schema.json': file('contract-manifest', schemaOf(rawContractManifest)),
    'contract-message.schema.json': file('contract-message', {
      title: 'A line between a host and a contract plugin',
      anyOf: ['request', 'result', 'failure', 'item', 'cancel'].map(name => ({ $ref: `#/$defs/${name}` })),
      $defs: Object.fromEntries(Object.entries(MESSAGES).map(([name, schema]) => [name, schemaOf(schema)])),
    }),
    'contract-lifecycle.schema.json': requestsOf('lifecycle', 'What every contract plugin is asked', LIFECYCLE),
  }
  for (const [contract, specs] of Object.entries(CONTRACT_METHODS)) {
    const methods = Object.fromEntries(specs.map(spec => [spec.name, spec]))
    files[`contract-${contract}.schema.json`] = requestsOf(contract, `What a plugin of “${contract}” is asked`, methods)
  }
  return files
}

/** A request of the contract; what the answers to it are, and the items of streams, stands among the definitions. */
function requestsOf(name: string, title: string, methods: Readonly<Record<string, MethodSchemas>>): JsonSchema {
  const $defs: Record<string, JsonSchema> = {}
  for (const [method, { params, result, item }] of Object.entries(methods)) {
    $defs[`${method}.params`] = schemaOf(params)
    $defs[`${method}.result`] = schemaOf(result)
    if (item) $defs[`${method}.item`] = schemaOf(item)
  }
  const anyOf = Object.entries(methods).map(([method, { about }]) => ({
    ...(about && { description: about }),
    type: 'object',
    properties: { method: { const: method }, params: { $ref: `#/$defs/${method}.params` } },
    required: ['method'],
  }))
  return file(`contract-${name}`, { title, anyOf, $defs })
}

/** Without an address as `$id`: the file is the schema, wherever it lies. */
const file = (name: string, schema: JsonSchema): JsonSchema => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: `${name}.schema.json`,
  ...schema,
})

function schemaOf(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' })
  return rest
}
