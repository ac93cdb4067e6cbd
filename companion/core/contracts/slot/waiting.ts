import { SeamError } from '#protocol/errors.ts'

/** `promise`, or an end to waiting for it. @throws SeamError cancelled */
export function unless<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise
  return new Promise((resolve, reject) => {
    const stop = () => reject(new SeamError('cancelled', 'The call was cancelled.', { cause: signal.reason }))
    const done = () => signal.removeEventListener('abort', stop)
    promise.then(resolve, reject).finally(done)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop)
  })
}
