import { z } from 'zod'
import type { JsonSchema } from '#protocol/contracts.ts'
import { schemaAt, shownValue, valueAt, wanted } from './schema-words.ts'

/** What is wrong with a value, without a full stop: which part, what it is, and what is allowed there. */
export function zodFault(schema: z.ZodType, error: z.ZodError, value: unknown): string {
  const [issue] = error.issues
  // These have a sentence of their own.
  if (!issue || issue.code === 'custom') return (issue?.message ?? 'it is something else').replace(/\.$/, '')
  const { path } = issue
  const found = valueAt(value, path)
  const name = path.length === 0 ? 'it' : `“${path.map(String).join('.').slice(0, 80)}”`
  const rule = wanted(schemaAt(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema, path))
  return found === undefined
    ? `${name} is missing, and must be ${rule}`
    : `${name} is ${shownValue(found)}, and must be ${rule}`
}
