import type { PersonaFiles } from '#protocol/personas.ts'
import type { PersonaStore, StoredPersona } from '../../../storage/types.ts'

/** Holds the persona removed last, with what lies beside it. */
export function personaTrash(store: PersonaStore) {
  let removed: { readonly persona: StoredPersona; readonly files: PersonaFiles } | undefined
  return {
    async remove(id: string): Promise<StoredPersona> {
      const [persona, files] = await Promise.all([store.open(id), store.files(id)])
      await store.remove(id)
      removed = { persona, files }
      return persona
    },
    async bringBack(): Promise<void> {
      if (!removed) return
      await store.create(removed.persona, removed.files)
      removed = undefined
    },
  }
}
