import type { Documents } from './documents.ts'
import type { Folders } from './folders.ts'

/** Removal that can be taken back, for documents with a folder of sound each. */
export function removable<H, R extends { readonly id: string; readonly removedAt?: number }>(
  documents: Documents<H, R>,
  folders: Folders,
) {
  return {
    /** Takes it out of the list; `restore` brings it back until `purge`. */
    async remove(id: string): Promise<void> {
      await documents.change(id, row => ({ ...row, removedAt: Date.now() }))
      documents.tell({ id, removed: true })
    },

    async restore(id: string): Promise<void> {
      await documents.change(id, ({ removedAt: _, ...row }) => row as R)
      documents.tell({ id })
    },

    /** Deletes those removed before `moment` (milliseconds since 1970), and folders that nobody owns. */
    async purge(moment: number): Promise<void> {
      for (const { id, removedAt } of await documents.everyRow()) {
        if (removedAt === undefined || removedAt >= moment) continue
        // The sound goes last: a crash leaves sound without words, which the next purge finds, never the reverse.
        await documents.drop(id)
        await folders.remove(id)
      }
      // Folders first: a document that is being made has its row before its sound.
      const ids = await folders.ids()
      const owned = new Set((await documents.everyRow()).map(({ id }) => id))
      for (const id of ids) if (!owned.has(id)) await folders.remove(id)
    },
  }
}
