import { z } from 'zod'
import { errorFrameSchema, handshakeSchema, manifestSchema, MAX_OPTIONS } from '#protocol/plugin-manifest.ts'
import { contractSchemas } from '../contracts/schemas.ts'

type JsonSchema = Readonly<Record<string, unknown>>

/** The schemas of docs/schemas, by the name of the file. JSON Schema, draft 2020-12. */
export function protocolSchemas(): Readonly<Record<string, JsonSchema>> {
  const manifest = schemaOf('manifest', manifestSchema)
  // What a refinement checks is lost in a schema; this one has a word of its own.
  const properties = manifest['properties'] as Record<string, JsonSchema>
  return {
    'manifest.schema.json': {
      ...manifest,
      properties: { ...properties, options: { ...properties['options'], maxProperties: MAX_OPTIONS } },
    },
    'handshake.schema.json': schemaOf('handshake', handshakeSchema),
    'error.schema.json': schemaOf('error', errorFrameSchema),
    ...contractSchemas(),
  }
}

/** Without an address as `$id`: the file is the schema, wherever it lies. */
function schemaOf(name: string, schema: z.ZodType): JsonSchema {
  const { $schema, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' })
  return { $schema, $id: `${name}.schema.json`, ...rest }
}
