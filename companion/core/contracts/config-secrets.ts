import type { JsonSchema } from '#protocol/contracts.ts'

/** Places of a schema where it speaks of the same value, or of one inside of it. */
const INNER_SCHEMA = ['items', 'additionalProperties', 'contains', 'not', 'if', 'then', 'else', 'unevaluatedProperties']
const INNER_LISTS = ['allOf', 'anyOf', 'oneOf', 'prefixItems', 'items']
const INNER_TABLES = ['properties', 'patternProperties', 'dependentSchemas']
/** Those that say more of the value itself: what they name are settings, too. */
const SAME_LISTS = ['allOf', 'anyOf', 'oneOf']
const SAME_SCHEMA = ['if', 'then', 'else']

/**
 * Names of the settings that are secret: `"writeOnly": true` or `"format": "password"` stands in their schema. One that
 * holds a secret anywhere inside is secret as a whole.
 */
export function secretsOf(schema: JsonSchema): string[] {
  const secrets = new Set<string>()
  for (const part of sameValue(schema, schema)) {
    for (const [name, inner] of Object.entries(tableOf(part, 'properties'))) {
      if (hasSecret(inner, schema, new Set())) secrets.add(name)
    }
  }
  return [...secrets]
}

/** A schema and all that it puts beside itself. */
function* sameValue(schema: unknown, root: JsonSchema, seen = new Set<unknown>()): Generator<JsonSchema> {
  if (!isSchema(schema) || seen.has(schema)) return
  seen.add(schema)
  yield schema
  yield* sameValue(referred(schema, root), root, seen)
  for (const key of SAME_SCHEMA) yield* sameValue(schema[key], root, seen)
  for (const key of SAME_LISTS) for (const inner of listOf(schema, key)) yield* sameValue(inner, root, seen)
  for (const inner of Object.values(tableOf(schema, 'dependentSchemas'))) yield* sameValue(inner, root, seen)
}

function hasSecret(schema: unknown, root: JsonSchema, seen: Set<unknown>): boolean {
  if (!isSchema(schema) || seen.has(schema)) return false
  seen.add(schema)
  if (schema['writeOnly'] === true || schema['format'] === 'password') return true
  const inner = [
    referred(schema, root),
    ...INNER_SCHEMA.map(key => schema[key]),
    ...INNER_LISTS.flatMap(key => listOf(schema, key)),
    ...INNER_TABLES.flatMap(key => Object.values(tableOf(schema, key))),
  ]
  return inner.some(part => hasSecret(part, root, seen))
}

/** What a reference inside of the schema leads to. */
function referred(schema: JsonSchema, root: JsonSchema): unknown {
  const { $ref } = schema
  if (typeof $ref !== 'string' || !$ref.startsWith('#')) return undefined
  const parts = decodeURIComponent($ref.slice(1)).split('/').slice(1)
  return parts.reduce<unknown>(
    (inner, part) => (isSchema(inner) ? inner[part.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined),
    root,
  )
}

const isSchema = (value: unknown): value is JsonSchema => value !== null && typeof value === 'object'
const listOf = (schema: JsonSchema, key: string): readonly unknown[] => {
  const list = schema[key]
  return Array.isArray(list) ? list : []
}
const tableOf = (schema: JsonSchema, key: string): JsonSchema => {
  const table = schema[key]
  return isSchema(table) && !Array.isArray(table) ? table : {}
}
