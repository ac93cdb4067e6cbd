import type { Json, JsonSchema } from '#protocol/contracts.ts'
import { exampleOf } from './schema-example.ts'
import { alternatives, isSchema, listOf, textOf, typeOf, type Schema } from './schema-parts.ts'

/**
 * How a value is asked for: a line or a paragraph of text, a number, a switch, a choice, sound, a secret that is never
 * shown, JSON for what is nested, and `any` for what the schema says nothing about.
 */
export type FieldKind =
  'line' | 'text' | 'number' | 'integer' | 'boolean' | 'choice' | 'secret' | 'sound' | 'json' | 'any'

/** One value of a form. */
export interface Field {
  readonly name: string
  readonly kind: FieldKind
  /** As its maker calls it; the name where nobody does. */
  readonly title: string
  readonly about: string
  readonly required: boolean
  readonly default?: Json
  readonly choices?: readonly Json[]
  readonly min?: number
  readonly max?: number
  /** Characters of text. */
  readonly shortest?: number
  readonly longest?: number
  /** Of JSON that must be one of these. */
  readonly shape?: 'array' | 'object'
  /** Of JSON: what it may look like. */
  readonly example?: Json
}

/** Characters up to which a text is a line. */
const LINE = 512
/** Types whose numbers are not limits but what a double holds exactly. */
const NO_LIMIT = Number.MAX_SAFE_INTEGER

/** What a form of `schema` asks for, in the schema's order. References that lead elsewhere are left as they are. */
export function fieldsOf(schema: JsonSchema | undefined): readonly Field[] {
  const properties = schema?.['properties']
  if (!schema || !isSchema(properties)) return []
  const required = new Set(listOf(schema['required']))
  return Object.entries(properties).map(([name, property]) =>
    fieldOf(name, resolve(isSchema(property) ? property : {}, schema), required.has(name)),
  )
}

function fieldOf(name: string, schema: Schema, required: boolean): Field {
  const type = typeOf(schema)
  const choices = 'const' in schema ? [schema['const']] : listOf(schema['enum'])
  const kind = kindOf(schema, type, choices)
  const example = kind === 'json' ? exampleOf(schema) : undefined
  return {
    name,
    kind,
    title: textOf(schema['title']).slice(0, 200) || name,
    about: textOf(schema['description']).slice(0, 2000),
    required: required && schema['default'] === undefined,
    ...(schema['default'] === undefined ? {} : { default: schema['default'] as Json }),
    ...(kind === 'choice' ? { choices: choices as readonly Json[] } : {}),
    ...limit('min', schema['minimum']),
    ...limit('max', schema['maximum']),
    ...limit('shortest', schema['minLength']),
    ...limit('longest', schema['maxLength']),
    ...(kind === 'json' && (type === 'array' || type === 'object') ? { shape: type } : {}),
    ...(example === undefined ? {} : { example }),
  }
}

function kindOf(schema: Schema, type: string | undefined, choices: readonly unknown[]): FieldKind {
  if (isBytes(schema)) return 'sound'
  if (choices.length > 0 && type !== 'boolean') return 'choice'
  if (schema['writeOnly'] === true || schema['format'] === 'password') return 'secret'
  switch (type) {
    case 'number':
    case 'integer':
    case 'boolean':
      return type
    case 'string':
      return isLine(schema) ? 'line' : 'text'
    case undefined:
      return 'any'
    default:
      return 'json'
  }
}

/** Text of a known form is short, whatever its limit. */
function isLine({ format, pattern, maxLength, default: preset }: Schema): boolean {
  if (typeof format === 'string' || typeof pattern === 'string') return true
  if (typeof preset === 'string') return !preset.includes('\n')
  return typeof maxLength === 'number' && maxLength <= LINE
}

/** Whether it is bytes as calls have them. */
function isBytes(schema: Schema): boolean {
  const { properties } = schema
  const encoding = isSchema(properties) ? properties['encoding'] : undefined
  const means = isSchema(encoding) && (encoding['const'] === 'base64' || listOf(encoding['enum']).includes('base64'))
  return means || alternatives(schema).some(isBytes)
}

/** `#/$defs/x` in its place. */
function resolve(schema: Schema, root: Schema): Schema {
  const [, group = '', name = ''] = /^#\/(\$defs|definitions)\/([^/]+)$/.exec(textOf(schema['$ref'])) ?? []
  const found = isSchema(root[group]) ? (root[group] as Schema)[name] : undefined
  return isSchema(found) ? { ...found, ...schema } : schema
}

function limit(key: 'min' | 'max' | 'shortest' | 'longest', value: unknown): Partial<Field> {
  return typeof value === 'number' && Math.abs(value) < NO_LIMIT ? { [key]: value } : {}
}
