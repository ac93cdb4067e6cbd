import type { JsonSchema } from '#protocol/contracts.ts'

/** Levels of lists and objects that are described. */
export const MAX_DEPTH = 3
/** Characters of a description: a stranger's schema may be a long one. */
export const MAX_WORDS = 400
/** Where the schema does not say it. */
const UNSAID = 'something else'

/** What a schema allows, as words that follow “must be”: “a whole number from 20 to 500”. */
export function wanted(schema: JsonSchema): string {
  return cut(describe(schema, 0), MAX_WORDS)
}

/** A value as it stands in a message: what has parts by its kind alone. */
export function shownValue(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (value !== null && typeof value === 'object')
    return (value as JsonSchema)['encoding'] === 'attachment' ? 'bytes' : 'an object'
  return cut(String(JSON.stringify(value)), 80)
}

/** Whether a value is bytes, as calls have them. */
export function isBytes(schema: JsonSchema): boolean {
  const { encoding } = (schema['properties'] ?? {}) as Readonly<Record<string, JsonSchema>>
  return encoding?.['const'] === 'base64' || branches(schema).some(isBytes)
}

/** What a schema says of a part of a value; nothing where it does not speak of it. */
export function schemaAt(schema: JsonSchema, path: readonly PropertyKey[]): JsonSchema {
  const [key, ...rest] = path
  if (key === undefined) return schema
  const { properties, items } = schema as { properties?: Record<PropertyKey, JsonSchema>; items?: JsonSchema }
  const inner = typeof key === 'number' ? items : properties?.[key]
  if (inner !== undefined) return schemaAt(inner, rest)
  return (
    branches(schema)
      .map(branch => schemaAt(branch, path))
      .find(isSaid) ?? {}
  )
}

export const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (inner, part) =>
      inner !== null && typeof inner === 'object' ? (inner as Record<PropertyKey, unknown>)[part] : undefined,
    value,
  )

const isSaid = (schema: JsonSchema) => Object.keys(schema).length > 0

const branches = (schema: JsonSchema) =>
  [schema['anyOf'], schema['oneOf']].flatMap(each => (Array.isArray(each) ? (each as readonly JsonSchema[]) : []))

function describe(schema: JsonSchema, depth: number): string {
  if (isBytes(schema)) return 'bytes, as { "encoding": "base64", "mime", "data" }'
  const { enum: allowed } = schema
  if (Array.isArray(allowed)) return `one of ${allowed.map(shownValue).join(', ')}`
  if ('const' in schema) return shownValue(schema['const'])
  const ways = branches(schema)
  const kinds = [schema['type'] ?? (Array.isArray(schema['required']) ? 'object' : [])].flat().map(String)
  const words = ways.length > 0 ? ways.map(way => describe(way, depth)) : kinds.map(kind => ofKind(kind, schema, depth))
  return [...new Set(words)].join(' or ') || UNSAID
}

function ofKind(kind: string, schema: JsonSchema, depth: number): string {
  switch (kind) {
    case 'string':
      return `a text${counted(schema['minLength'], schema['maxLength'], 'characters')}${formOf(schema)}`
    case 'integer':
      return `a whole number${rangeOf(schema)}`
    case 'number':
      return `a number${rangeOf(schema)}`
    case 'boolean':
      return 'true or false'
    case 'array':
      return `a list${counted(schema['minItems'], schema['maxItems'], 'values')}${valuesOf(schema, depth)}`
    case 'object':
      return `an object${partsOf(schema, depth)}`
    default:
      return kind
  }
}

function rangeOf(schema: JsonSchema): string {
  const [least, most] = [edge(schema['minimum']), edge(schema['maximum'])]
  const [above, below] = [edge(schema['exclusiveMinimum']), edge(schema['exclusiveMaximum'])]
  const step = edge(schema['multipleOf'])
  const ends = [
    ...(least !== undefined && most !== undefined
      ? [`from ${least} to ${most}`]
      : [least !== undefined && `of at least ${least}`, most !== undefined && `of at most ${most}`]),
    above !== undefined && `above ${above}`,
    below !== undefined && `below ${below}`,
    step !== undefined && `in steps of ${step}`,
  ].filter(part => part !== false)
  return ends.length === 0 ? '' : ` ${ends.join(' and ')}`
}

/** What every number is within says nothing. */
const edge = (value: unknown) =>
  typeof value === 'number' && Math.abs(value) < Number.MAX_SAFE_INTEGER ? value : undefined

function counted(least: unknown, most: unknown, what: string): string {
  if (typeof least === 'number' && typeof most === 'number') return ` of ${least} to ${most} ${what}`
  if (typeof least === 'number') return ` of at least ${least} ${least === 1 ? what.slice(0, -1) : what}`
  return typeof most === 'number' ? ` of at most ${most} ${what}` : ''
}

function formOf({ pattern, format }: JsonSchema): string {
  if (typeof pattern === 'string') return ` that matches ${cut(pattern, 80)}`
  return typeof format === 'string' && format !== 'password' ? ` that is a ${format}` : ''
}

function valuesOf({ items }: JsonSchema, depth: number): string {
  if (depth === MAX_DEPTH || items === null || typeof items !== 'object') return ''
  const words = describe(items as JsonSchema, depth + 1)
  return words === UNSAID ? '' : `, each ${words}`
}

function partsOf({ properties, required }: JsonSchema, depth: number): string {
  if (depth === MAX_DEPTH || !Array.isArray(required) || required.length === 0) return ''
  const named = (properties ?? {}) as Readonly<Record<string, JsonSchema>>
  const parts = required.map(String).map(key => {
    const part = named[key]
    const words = part && describe(part, depth + 1)
    return `“${cut(key, 80)}”${words === undefined ? '' : ` (${words})`}`
  })
  return ` with ${parts.join(' and ')}`
}

const cut = (text: string, most: number) => (text.length > most ? `${text.slice(0, most - 1)}…` : text)
