import type { ErrorObject } from 'ajv'
import type { JsonSchema } from '#protocol/contracts.ts'
import { nearest } from '../nearest.ts'
import { shownValue, valueAt, wanted } from './schema-words.ts'

/** Why a schema is none, without a full stop: which part of it, what stands there, and what is allowed. */
export function schemaFault(schema: JsonSchema, errors: readonly ErrorObject[]): string {
  // A word that nobody knows says more than that it is no list of words either.
  const error = errors.find(({ keyword }) => keyword === 'enum') ?? errors[0]
  if (!error) return 'it is no schema'
  const parts = error.instancePath.split('/').slice(1)
  const value = valueAt(schema, parts)
  const { allowedValues: allowed } = error.params as { readonly allowedValues?: readonly unknown[] }
  const meant = typeof value === 'string' && allowed ? nearest(value, allowed.map(String)) : undefined
  const rule = error.parentSchema ? wanted(error.parentSchema) : 'something else'
  const hint = meant === undefined ? '' : ` Did you mean “${meant}”?`
  return `“${parts.join('.').slice(0, 200)}” is ${shownValue(value)}, and must be ${rule}.${hint}`
}
