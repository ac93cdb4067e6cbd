/** Changes that can be taken back. */
const MAX_PAST = 200

/** A value with its past. A snapshot: every change makes a new one. */
export interface History<T> {
  readonly past: readonly T[]
  readonly now: T
  readonly future: readonly T[]
  /** What was changed last: typing in one field is one change, not one a letter. */
  readonly subject: string
}

export const begun = <T>(now: T): History<T> => ({ past: [], now, future: [], subject: '' })

/** @param subject names what is changed, when a row of changes to it should be taken back at once */
export function changed<T>(history: History<T>, next: T, subject = ''): History<T> {
  if (next === history.now) return history
  const past =
    subject !== '' && subject === history.subject ? history.past : [...history.past, history.now].slice(-MAX_PAST)
  return { past, now: next, future: [], subject }
}

/** Says something else in every state, those that can be brought back included. That itself can't be taken back. */
export function everywhere<T>({ past, now, future, subject }: History<T>, each: (state: T) => T): History<T> {
  return { past: past.map(each), now: each(now), future: future.map(each), subject }
}

export function undone<T>({ past, now, future }: History<T>): History<T> | undefined {
  if (past.length === 0) return undefined
  return { past: past.slice(0, -1), now: past.at(-1)!, future: [now, ...future], subject: '' }
}

export function redone<T>({ past, now, future }: History<T>): History<T> | undefined {
  if (future.length === 0) return undefined
  return { past: [...past, now], now: future[0]!, future: future.slice(1), subject: '' }
}
