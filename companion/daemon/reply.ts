import type { FastifyReply } from 'fastify'
import { errorData, toSeamError, type Failure } from '#protocol/errors.ts'

/** HTTP's word for each failure. */
const STATUS: Readonly<Record<Failure, number>> = {
  'bad-input': 400,
  'not-found': 404,
  unsupported: 422,
  offline: 503,
  integrity: 500,
  quota: 507,
  conflict: 409,
  refused: 403,
  cancelled: 409,
  engine: 500,
  internal: 500,
}

export function statusOf(code: Failure): number {
  return STATUS[code]
}

/** Answers with a failure, whatever it was. */
export function fail(reply: FastifyReply, error: unknown): FastifyReply {
  const seen = toSeamError(error)
  if (seen.code === 'internal') reply.log.error(error)
  return reply.code(statusOf(seen.code)).type('application/json').send(errorData(seen))
}
