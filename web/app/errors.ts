import { shallowRef } from 'vue'

/** The last error that nothing else answered; the shell shows it in place of the room. */
export const lastError = shallowRef<unknown>()

export function reportError(error: unknown): void {
  lastError.value = error
  console.error(error)
}
