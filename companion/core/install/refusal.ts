import { SeamError } from '#protocol/errors.ts'

/** An archive that nobody should make. */
export function refusal(why: string): SeamError {
  return new SeamError('bad-input', `The archive was refused: ${why}. Nothing was installed.`)
}

/** An archive that was whole once. */
export function damaged(cause?: unknown): SeamError {
  return new SeamError('integrity', 'The archive is damaged or was cut short. Nothing was installed; get it again.', {
    cause,
    retryable: false,
  })
}
