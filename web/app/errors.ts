import { shallowRef } from 'vue'
import { SeamError } from '#protocol/errors.ts'

/** The last error that nothing else answered; the shell shows it in place of the room. */
export const lastError = shallowRef<unknown>()

export function reportError(error: unknown): void {
  lastError.value = error
  console.error(error)
}

/** A room's code could not be fetched: offline without a copy, or a newer build has taken the old one's place. */
export function missingRoom(cause: unknown): SeamError {
  return new SeamError('offline', 'This room’s code could not be fetched. Reload the page, or try again when online.', {
    cause,
  })
}
