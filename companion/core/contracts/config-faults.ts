import type { ErrorObject } from 'ajv'
import type { JsonSchema } from '#protocol/contracts.ts'
import { nearest } from '../nearest.ts'

export interface ConfigFault {
  /** Of the setting, with “.” between its parts; empty for all of them. */
  readonly path: string
  /** A sentence. */
  readonly message: string
}

/** Keys by which a schema may allow names that its `properties` do not have. */
const OPENING = [
  ...['additionalProperties', 'patternProperties', 'propertyNames', 'unevaluatedProperties', '$ref', '$dynamicRef'],
  ...['allOf', 'anyOf', 'oneOf', 'not', 'if', 'dependentSchemas', 'dependencies'],
]

/** Settings that a schema does not speak of, where it lists all that there are: most often mistyped ones. */
export function unknownSettings(schema: JsonSchema, values: Readonly<Record<string, unknown>>): ConfigFault[] {
  const { properties } = schema
  if (properties === null || typeof properties !== 'object' || OPENING.some(key => key in schema)) return []
  const known = Object.keys(properties)
  return Object.keys(values)
    .filter(name => !known.includes(name))
    .map(name => unknownSetting(name, name, known))
}

/** One finding of the schema as a sentence. A secret's value is never in it. */
export function configFault(error: ErrorObject, values: unknown, secrets: readonly string[]): ConfigFault {
  const { keyword, params, message = 'does not fit' } = error
  const parts = error.instancePath
    .split('/')
    .slice(1)
    .map(part => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  if (keyword === 'required' || keyword === 'dependentRequired' || keyword === 'dependencies') {
    const path = [...parts, String(params['missingProperty'])].join('.')
    return { path, message: `“${short(path)}” is missing.` }
  }
  if (keyword === 'additionalProperties' || keyword === 'unevaluatedProperties') {
    const name = String(params['additionalProperty'] ?? params['unevaluatedProperty'])
    return unknownSetting([...parts, name].join('.'), name, [])
  }
  const path = parts.join('.')
  const rule = ruleOf(keyword, params, message)
  if (path === '') return { path, message: `The settings ${rule}.` }
  const value = secrets.includes(parts[0]!) ? undefined : shown(valueAt(values, parts))
  return { path, message: `“${short(path)}” ${value === undefined ? '' : `is ${value}, and `}${rule}.` }
}

function unknownSetting(path: string, name: string, known: readonly string[]): ConfigFault {
  const meant = nearest(name, known)
  return { path, message: `There is no setting “${short(path)}”.${meant ? ` Did you mean “${meant}”?` : ''}` }
}

function ruleOf(keyword: string, params: Readonly<Record<string, unknown>>, message: string): string {
  const { allowedValues: allowed, allowedValue } = params
  if (keyword === 'enum' && Array.isArray(allowed))
    return `must be one of: ${allowed.map(shown).join(', ').slice(0, 400)}`
  if (keyword === 'const') return `must be ${shown(allowedValue)}`
  return message.replace(/^must NOT /, 'must not ').slice(0, 400)
}

const valueAt = (values: unknown, parts: readonly string[]): unknown =>
  parts.reduce<unknown>(
    (inner, part) =>
      inner !== null && typeof inner === 'object' ? (inner as Record<string, unknown>)[part] : undefined,
    values,
  )

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  return value !== null && typeof value === 'object' ? 'an object' : short(String(JSON.stringify(value)))
}

const short = (text: string) => (text.length > 80 ? `${text.slice(0, 79)}…` : text)
