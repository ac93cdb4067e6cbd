import { z } from 'zod'
import { errorSchema } from '#protocol/api.ts'

/** HTTP's failures that routes tell of in openapi.json, in words for whoever reads it there. */
const MEANING = {
  400: 'The request can’t be used; the message says why.',
  401: 'The token is missing or wrong.',
  403: 'Host, Origin or the missing header x-voxloom: this caller may not.',
  404: 'There is nothing of this name.',
  409: 'It stands in the way of something that is there already.',
  413: 'The body is larger than it may be.',
  415: 'The body’s Content-Type is not one of those listed.',
  416: 'The range lies behind the end.',
  422: 'This machine or build can’t do it.',
  500: 'A plugin failed, or there is a defect.',
  503: 'What is needed for it can’t be reached now.',
  507: 'There is no room left.',
} as const

export type FailureStatus = keyof typeof MEANING

/** Schemas of a route's failures: those that any route has, and its own. */
export function failures<Own extends FailureStatus>(
  ...own: readonly Own[]
): Record<401 | 403 | 500 | Own, typeof errorSchema> {
  return failuresAs(errorSchema, own)
}

/** The same for routes whose failures have another shape. */
export function failuresAs<Own extends FailureStatus, Shape extends z.ZodType>(
  schema: Shape,
  own: readonly Own[],
): Record<401 | 403 | 500 | Own, Shape> {
  const all = [...new Set<FailureStatus>([401, 403, 500, ...own])].sort()
  const pairs = all.map(status => [
    status,
    { description: MEANING[status], content: { 'application/json': { schema } } },
  ])
  // Fastify takes either form; the type is that of what is sent.
  return Object.fromEntries(pairs) as Record<401 | 403 | 500 | Own, Shape>
}

/** An answer of bytes, whose type is told by its Content-Type. */
export function bytes(description: string, type = '*/*') {
  const schema = z.string().meta({ format: 'binary' })
  return { description, content: { [type]: { schema } } }
}

/** An answer without a body. */
export function nothing(description: string) {
  return z.undefined().meta({ description })
}
