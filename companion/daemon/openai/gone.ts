import type { FastifyReply } from 'fastify'
import { SeamError } from '#protocol/errors.ts'

/** Aborted when the caller has left before all of the answer was sent. */
export function gone({ raw }: FastifyReply): AbortSignal {
  const abort = new AbortController()
  const leave = () => {
    if (!raw.writableFinished) abort.abort(new SeamError('cancelled', 'The caller has left.'))
  }
  if (raw.closed) leave()
  else raw.once('close', leave)
  return abort.signal
}
