import type { JsonSchema } from '#protocol/contracts.ts'

/** Places of a schema where it speaks of the same value, or of one inside of it. */
const INNER_SCHEMA = ['items', 'additionalProperties', 'contains', 'not', 'if', 'then', 'else', 'unevaluatedProperties']
const INNER_LISTS = ['allOf', 'anyOf', 'oneOf', 'prefixItems', 'items']
const INNER_TABLES = ['properties', 'patternProperties', 'dependentSchemas', 'dependencies']
/** Those that say more of the value itself: what they name are settings, too. */
const SAME_LISTS = ['allOf', 'anyOf', 'oneOf']
const SAME_SCHEMA = ['if', 'then', 'else']
const SAME_TABLES = ['dependentSchemas', 'dependencies']
/** Keys by which one part of a schema stands for another. */
const REFERENCES = ['$ref', '$dynamicRef', '$recursiveRef']

/** Names that texts have which nobody else should read, though their schema does not say so. */
const TELLING =
  /(^|_)(api_?key|(secret|access|private)(_?key)?|password|passphrase|(access|auth|api|bearer)_?token)$|^token$/

/**
 * Names of the settings that are secret: `"writeOnly": true` or `"format": "password"` stands in their schema, or it is
 * a text that is called so, and not `"writeOnly": false`. One that holds a secret anywhere inside is secret as a whole.
 * @throws Error where a secret has no name by which it could be told from what is none
 */
export function secretsOf(schema: JsonSchema): string[] {
  const secrets = new Set<string>()
  const judged = new Map<unknown, boolean>()
  const isSecret = (inner: unknown): boolean => {
    const seen = new Set<unknown>()
    if (hasSecret(inner, schema, seen, judged)) return true
    // All that it leads to was looked at, and need not be again.
    for (const part of seen) judged.set(part, false)
    return false
  }
  for (const part of sameValue(schema, schema)) {
    for (const [name, inner] of Object.entries(tableOf(part, 'properties'))) {
      if (isSecret(inner) || isCalledSecret(name, inner)) secrets.add(name)
    }
    const unnamed = [
      ...Object.values(tableOf(part, 'patternProperties')),
      part['additionalProperties'],
      part['unevaluatedProperties'],
    ]
    if (unnamed.some(isSecret)) throw new Error('its secrets need names of their own, in “properties”')
  }
  return [...secrets]
}

/** The schema as it is told: whoever draws a form from it sees which texts are secret. */
export function withSecretsMarked(schema: JsonSchema, secrets: readonly string[]): JsonSchema {
  const properties = Object.entries(tableOf(schema, 'properties')).map(([name, inner]) => [
    name,
    secrets.includes(name) && isSchema(inner) && isText(inner) ? { ...inner, writeOnly: true } : inner,
  ])
  return properties.length === 0 ? schema : { ...schema, properties: Object.fromEntries(properties) as JsonSchema }
}

function isCalledSecret(name: string, schema: unknown): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll('-', '_')
    .toLowerCase()
  return isSchema(schema) && schema['type'] === 'string' && schema['writeOnly'] !== false && TELLING.test(words)
}

const isText = ({ type = 'string' }: JsonSchema) => type === 'string'

/** A schema and all that it puts beside itself. */
function* sameValue(schema: unknown, root: JsonSchema, seen = new Set<unknown>()): Generator<JsonSchema> {
  if (!isSchema(schema) || seen.has(schema)) return
  seen.add(schema)
  yield schema
  for (const inner of referred(schema, root)) yield* sameValue(inner, root, seen)
  for (const key of SAME_SCHEMA) yield* sameValue(schema[key], root, seen)
  for (const key of SAME_LISTS) for (const inner of listOf(schema, key)) yield* sameValue(inner, root, seen)
  for (const inner of SAME_TABLES.flatMap(key => Object.values(tableOf(schema, key)))) {
    yield* sameValue(inner, root, seen)
  }
}

/** @param judged parts whose answer is known: a schema may name one many times */
function hasSecret(schema: unknown, root: JsonSchema, seen: Set<unknown>, judged: Map<unknown, boolean>): boolean {
  if (!isSchema(schema) || seen.has(schema)) return false
  const before = judged.get(schema)
  if (before !== undefined) return before
  seen.add(schema)
  if (schema['writeOnly'] === true || schema['format'] === 'password') return true
  const inner = [
    ...referred(schema, root),
    ...INNER_SCHEMA.map(key => schema[key]),
    ...INNER_LISTS.flatMap(key => listOf(schema, key)),
    ...INNER_TABLES.flatMap(key => Object.values(tableOf(schema, key))),
  ]
  const found = inner.some(part => hasSecret(part, root, seen, judged))
  if (found) judged.set(schema, true)
  return found
}

/** What a schema's references lead to, by a path, an anchor or an address. */
function referred(schema: JsonSchema, root: JsonSchema): unknown[] {
  return REFERENCES.map(key => schema[key])
    .filter(reference => typeof reference === 'string')
    .map(reference => {
      const at = reference.indexOf('#')
      const [address, place] = at < 0 ? [reference, ''] : [reference.slice(0, at), reference.slice(at + 1)]
      const base = address === '' ? root : namedParts(root).get(address)
      if (place === '') return base
      return place.startsWith('/') ? partAt(base, decodeURIComponent(place)) : namedParts(root).get(`#${place}`)
    })
}

const partAt = (base: unknown, pointer: string): unknown =>
  pointer
    .split('/')
    .slice(1)
    .reduce(
      (inner, part) => (isSchema(inner) ? inner[part.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined),
      base,
    )

const known = new WeakMap<JsonSchema, ReadonlyMap<string, unknown>>()

/** Parts of a schema that have a name, wherever they stand: `#` and an anchor, or an address. */
function namedParts(root: JsonSchema): ReadonlyMap<string, unknown> {
  const before = known.get(root)
  if (before) return before
  const found = new Map<string, unknown>()
  const waiting: unknown[] = [root]
  for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
    if (!isSchema(part)) continue
    const { $id, $anchor, $dynamicAnchor } = part
    if (typeof $id === 'string') found.set($id, part)
    for (const name of [$anchor, $dynamicAnchor]) if (typeof name === 'string') found.set(`#${name}`, part)
    waiting.push(...Object.values(part).filter(isSchema))
  }
  known.set(root, found)
  return found
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
