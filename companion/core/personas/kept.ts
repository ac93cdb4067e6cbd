import { SeamError } from '#protocol/errors.ts'
import type { KeptPersona, Persona } from '#protocol/personas.ts'
import { includedPersona } from './place.ts'
import type { PersonaRecord } from './record.ts'

/** An included persona of which nothing is on the disk. */
export const untouched = (persona: Persona): KeptPersona => ({ ...persona, origin: 'included', revision: 0 })

/** What a record tells; undefined for one that was removed. */
export function keptPersona(
  id: string,
  { persona, removed, revision, updatedAt }: PersonaRecord,
): KeptPersona | undefined {
  const included = includedPersona(id)
  if (removed) return undefined
  if (persona) return { ...persona, id, origin: included ? 'changed' : 'own', revision, updatedAt }
  return included && { ...included, origin: 'included', revision, updatedAt }
}

/** @throws SeamError conflict, when a change was made from another revision than the one that is there */
export function checkRevision(name: string, revision: number, expected: number | undefined): void {
  if (expected === undefined || expected === revision) return
  throw new SeamError(
    'conflict',
    `“${name}” was changed elsewhere in the meantime (revision ${revision}; this was asked of ${expected}). Nothing was changed; look at it again.`,
    { details: { stored: revision, expected } },
  )
}
