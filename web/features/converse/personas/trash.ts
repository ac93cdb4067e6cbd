import type { PersonaStore } from '../../../storage/types.ts'

/** A persona that was removed. */
export interface RemovedPersona {
  readonly name: string
  /** Brings it back as it was, with what lay beside it; once is enough. */
  bringBack(): Promise<void>
}

/** Each is held by whoever may want it back, so that nothing of several that are removed in a row is lost. */
export async function removePersona(store: PersonaStore, id: string): Promise<RemovedPersona> {
  const [persona, files] = await Promise.all([store.open(id), store.files(id)])
  await store.remove(id)
  let back: Promise<unknown> | undefined
  return {
    name: persona.name,
    async bringBack() {
      back ??= store.create(persona, files).catch((error: unknown) => {
        back = undefined
        throw error
      })
      await back
    },
  }
}
