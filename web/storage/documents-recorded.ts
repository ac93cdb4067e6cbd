import { openDocuments } from './documents.ts'
import type { Head, Row } from './documents-db.ts'
import { joinParts, splitParts } from './documents-parts.ts'
import { removable } from './documents-removal.ts'
import { openFolders } from './folders.ts'
import { missingParts } from './revisions.ts'

/** A document with its parts in a row, under the key `Parts`. */
type Whole<Parts extends string> = Head & { readonly updatedAt: string } & Readonly<Record<Parts, readonly object[]>>

/** Its parts are blocks: keeping one more costs that one. */
interface PartedHead extends Head {
  readonly blocks: readonly string[]
}

interface RecordedKind<W extends Whole<Parts>, Parts extends string, R extends Row> {
  /** Of the database, and of the folder with the sound. */
  readonly name: string
  /** What one of them is, for sentences: `transcript`. */
  readonly noun: string
  /** Where its parts stand. */
  readonly parts: Parts
  /** What to do about one whose parts are lost, for the end of a sentence. */
  readonly remedy: string
  /** Its row of the list. @param before the row until now */
  summarise(rest: Omit<W, Parts>, parts: W[Parts], before: R | undefined): R
}

/**
 * Documents in IndexedDB, written as `openDocuments` says, and a folder of files for each one's sound.
 * @throws SeamError unsupported (no IndexedDB, a newer database), conflict (another tab blocks the upgrade)
 */
export async function openRecorded<W extends Whole<Parts>, Parts extends string, R extends Row>(
  kind: RecordedKind<W, Parts, R>,
) {
  const { name, noun, parts: key, remedy, summarise } = kind
  const documents = await openDocuments<PartedHead, R>({ name, noun, blocksOf: ({ blocks }) => new Set(blocks) })
  const folders = await openFolders(name)

  async function partsOf(whole: W) {
    const { [key]: parts, ...rest } = whole
    const { names, block } = await splitParts(parts)
    // Through JSON like the blocks, so that what isn't data (proxies, undefined) never reaches the structured clone.
    const kept = JSON.parse(JSON.stringify(rest)) as Omit<W, Parts> & Head
    return { head: { ...kept, blocks: names }, block, row: (before?: R) => summarise(kept, parts, before) }
  }

  return {
    folders,
    durable: folders.durable,
    list: () => documents.rows(),

    async open(id: string): Promise<W> {
      const { head, blocks } = await documents.read(id)
      const { blocks: names, ...rest } = head
      const parts = joinParts(names, blocks)
      if (!parts) throw missingParts(noun, head.title, remedy)
      return { ...rest, [key]: parts } as unknown as W
    },

    async create(whole: W): Promise<W> {
      await documents.create(await partsOf(whole))
      return whole
    },

    async save(whole: W, expectedRevision: number): Promise<W> {
      const next = { ...whole, revision: expectedRevision + 1, updatedAt: new Date().toISOString() }
      await documents.save(await partsOf(next), expectedRevision)
      return next
    },

    note: (id: string, figures: { openedAt: string }) => documents.change(id, row => ({ ...row, ...figures })),
    ...removable(documents, folders),
    watch: documents.watch,
    close: documents.close,
  }
}
