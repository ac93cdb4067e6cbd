import type { z } from 'zod'
import { SeamError } from '#protocol/errors.ts'

/** `input` of a call or a stream as `schema` wants it. @throws SeamError bad-input */
export function readInput<T>(schema: z.ZodType<T>, input: unknown): T {
  const parsed = schema.safeParse(input ?? {})
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const at = issue?.path.join('.') ?? ''
  throw new SeamError(
    'bad-input',
    `The input can’t be used: ${at ? `“${at}”: ` : ''}${issue?.message ?? 'it has another shape'}.`,
  )
}
