import { importPersonas } from '#dialogue/personas/import.ts'
import type { KeptPersona } from '#protocol/personas.ts'
import { cardTools } from './card-files.ts'
import type { PersonaStore } from './store.ts'

export { checkCardSize } from '#dialogue/personas/import.ts'
export { MAX_CARD_FILE } from '#dialogue/personas/limits.ts'

export interface Imported {
  readonly personas: readonly KeptPersona[]
  /** Sentences about what could not be used, by the persona's name. */
  readonly problems: readonly { readonly name: string; readonly sentences: readonly string[] }[]
}

/**
 * Keeps the personas of a file: a character card as JSON, PNG or `.charx`, or YAML with one or several of them.
 * @throws SeamError bad-input, integrity, conflict, quota; then none of them was kept
 */
export async function importInto(store: PersonaStore, bytes: Uint8Array): Promise<Imported> {
  const found = await importPersonas(new Uint8Array(bytes), cardTools())
  const personas: KeptPersona[] = []
  try {
    for (const { persona, files } of found) personas.push(await store.create(persona, files))
  } catch (error) {
    await Promise.all(personas.map(({ id }) => store.remove(id).catch(() => undefined)))
    throw error
  }
  const problems = found.filter(each => each.problems.length > 0)
  return { personas, problems: problems.map(({ persona: { name }, problems: sentences }) => ({ name, sentences })) }
}
