import { SeamError } from '#protocol/errors.ts'

// Two tabs may hold the same thing. What one of them writes over the other's head is lost, so every save names the
// revision that it was made from. `noun` is what it is, for the sentences: `project`.

/** @throws SeamError conflict when the id is taken */
export function requireNew(noun: string, id: string, stored: unknown): void {
  if (stored === undefined) return
  throw new SeamError(
    'conflict',
    `A ${noun} with the id ${id} exists already. It was not changed; give the new one another id.`,
  )
}

/** @throws SeamError not-found, conflict when the stored one is of another revision */
export function requireRevision(
  noun: string,
  { id, title }: { readonly id: string; readonly title: string },
  stored: { readonly revision: number } | undefined,
  expected: number,
): void {
  if (!stored) throw notFound(noun, id)
  if (stored.revision === expected) return
  throw new SeamError(
    'conflict',
    `The ${noun} “${title}” was saved elsewhere in the meantime (revision ${stored.revision}, this change was made ` +
      `from ${expected}). Nothing was written; open it again to see the other change.`,
    { details: { stored: stored.revision, expected } },
  )
}

export function notFound(noun: string, id: string): SeamError {
  return new SeamError(
    'not-found',
    `There is no ${noun} ${id} in this browser; it may have been removed in another tab.`,
  )
}

/** @param remedy what to do, for the end of the sentence */
export function missingParts(noun: string, title: string, remedy: string): SeamError {
  return new SeamError(
    'integrity',
    `Parts of the ${noun} “${title}” are missing from this browser’s storage. What is left was not changed; ${remedy}.`,
    { retryable: false },
  )
}
