import type { ErrorObject } from 'ajv'
import type { JsonSchema } from '#protocol/contracts.ts'
import { nearest } from '../nearest.ts'
import { shownValue, valueAt, wanted } from './schema-words.ts'

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

/** What keeps a value from every one of several ways is told once, and not again for each way. */
export const withoutWays = (errors: readonly ErrorObject[]): ErrorObject[] =>
  errors.filter(
    ({ schemaPath, instancePath }) =>
      !errors.some(
        other =>
          (other.keyword === 'anyOf' || other.keyword === 'oneOf') &&
          other.instancePath === instancePath &&
          schemaPath.startsWith(`${other.schemaPath}/`),
      ),
  )

/** One finding of the schema as a sentence. A secret's value is never in it. */
export function configFault(error: ErrorObject, values: unknown, secrets: readonly string[]): ConfigFault {
  const { keyword, params } = error
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
  const rule = ruleOf(error)
  if (path === '') return { path, message: `The settings ${rule}.` }
  const value = secrets.includes(parts[0]!) ? undefined : shownValue(valueAt(values, parts))
  return { path, message: `“${short(path)}” ${value === undefined ? '' : `is ${value}, and `}${rule}.` }
}

function unknownSetting(path: string, name: string, known: readonly string[]): ConfigFault {
  const meant = nearest(name, known)
  return { path, message: `There is no setting “${short(path)}”.${meant ? ` Did you mean “${meant}”?` : ''}` }
}

/** Of these the schema around them says in words what is allowed. */
const PLAIN = new Set([
  ...['type', 'enum', 'const', 'anyOf', 'oneOf', 'pattern', 'format', 'multipleOf', 'minimum', 'maximum'],
  ...['exclusiveMinimum', 'exclusiveMaximum', 'minLength', 'maxLength', 'minItems', 'maxItems'],
])

function ruleOf({ keyword, params, parentSchema, message = 'does not fit' }: ErrorObject): string {
  // One that fits twice is told by the library: what is allowed says nothing there.
  const isTwice = Array.isArray(params['passingSchemas'])
  if (PLAIN.has(keyword) && parentSchema && !isTwice) return `must be ${wanted(parentSchema)}`
  return message.replace(/^must NOT /, 'must not ').slice(0, 400)
}

const short = (text: string) => (text.length > 80 ? `${text.slice(0, 79)}…` : text)
