import { SeamError } from '#protocol/errors.ts'
import type { KeptPersona } from '#protocol/personas.ts'
import { nearest } from '../nearest.ts'
import type { PersonaStore } from './store.ts'

/**
 * The persona that somebody means who types an id, a name in any case, or the end of an included one's id (`nora`).
 * @throws SeamError not-found with the nearest name, bad-input when several are called so
 */
export async function findPersona(store: PersonaStore, word: string): Promise<KeptPersona> {
  const exact = await store.get(word)
  if (exact) return exact
  const wanted = word.trim().toLowerCase()
  const all = await store.list()
  const found = all.filter(({ id, name }) => name.toLowerCase() === wanted || id === `included:${wanted}`)
  if (found.length === 1) return store.open(found[0]!.id)
  if (found.length > 1) {
    const ids = found.map(({ id }) => id).join(', ')
    throw new SeamError('bad-input', `${found.length} personas are called “${word}”. Name one by its id: ${ids}.`)
  }
  const meant = nearest(
    word,
    all.map(({ name }) => name),
  )
  const hint = meant ? `Did you mean “${meant}”?` : 'voxloom personas list shows those that there are.'
  throw new SeamError('not-found', `There is no persona “${word.slice(0, 80)}”. ${hint}`)
}
