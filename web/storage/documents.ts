import { abort, connect, openNews } from './database.ts'
import { openDocumentDatabase, type DocumentSchema, type Head, type Row } from './documents-db.ts'
import { storageError } from './errors.ts'
import { notFound, requireNew, requireRevision } from './revisions.ts'

/** What one tab tells the others. */
export interface DocumentChange {
  readonly id: string
  readonly revision?: number
  readonly removed?: boolean
}

export interface DocumentKind<H> {
  /** Of the database and of the channel between tabs. */
  readonly name: string
  /** What one of them is, for sentences: `project`. */
  readonly noun: string
  /** The blocks that a head names, each once. */
  blocksOf(head: H): ReadonlySet<string>
}

/** A document as it is written. */
export interface DocumentParts<H, R> {
  /** Data alone: proxies never reach the structured clone. */
  readonly head: H
  /** JSON of the block that the head names so. */
  block(hash: string): string
  /** Its row of the list. @param before the row until now */
  row(before: R | undefined): R
}

export interface Documents<H, R> {
  /** The latest first, without those removed. */
  rows(): Promise<R[]>
  /** Those removed, too. */
  everyRow(): Promise<R[]>
  /** @throws SeamError not-found */
  read(id: string): Promise<{ head: H; blocks: ReadonlyMap<string, string>; row: R | undefined }>
  /** @throws SeamError conflict (the id is taken), quota */
  create(parts: DocumentParts<H, R>): Promise<void>
  /** @param expected the revision that the change was made from @throws SeamError conflict, not-found, quota */
  save(parts: DocumentParts<H, R>, expected: number): Promise<void>
  /** Changes the row alone. One that is gone stays so. @throws SeamError quota */
  change(id: string, change: (row: R) => R): Promise<void>
  /** Deletes it. Other tabs are not told: `tell` them. */
  drop(id: string): Promise<void>
  tell(change: DocumentChange): void
  watch(listener: (change: DocumentChange) => void): () => void
  close(): void
}

const STORES = ['summaries', 'heads', 'blocks'] as const
const DURABLE = { durability: 'strict' } as const

/**
 * Documents that are kept as a head, blocks named by their hash, and a row for the list. Every write is one transaction
 * with strict durability: when the promise resolves, the change is on the disk; when it rejects, nothing was written.
 * @throws SeamError unsupported (no IndexedDB, a newer database), conflict (another tab blocks the upgrade)
 */
export async function openDocuments<H extends Head, R extends Row>(kind: DocumentKind<H>): Promise<Documents<H, R>> {
  const { name, noun, blocksOf } = kind
  const connection = connect<DocumentSchema>(lost => openDocumentDatabase(kind, lost))
  await connection.get()
  const news = openNews<DocumentChange>(name)

  /** `decide` may throw to leave everything as it was. */
  const write = async ({ head, block, row }: DocumentParts<H, R>, decide: (stored: Head | undefined) => void) => {
    const tx = (await connection.get()).transaction(STORES, 'readwrite', DURABLE)
    // Looked at below; handled here so that an abort is never an unhandled rejection.
    tx.done.catch(() => {})
    let need = 0
    try {
      const [stored, before] = await Promise.all([
        tx.objectStore('heads').get(head.id),
        tx.objectStore('summaries').get(head.id),
      ])
      decide(stored)
      const old = stored ? blocksOf(stored as H) : new Set<string>()
      const now = blocksOf(head)
      const requests: Promise<unknown>[] = []
      for (const hash of now) {
        if (old.has(hash)) continue
        const json = block(hash)
        need += json.length
        requests.push(tx.objectStore('blocks').put(json, [head.id, hash]))
      }
      for (const hash of old) {
        if (!now.has(hash)) requests.push(tx.objectStore('blocks').delete([head.id, hash]))
      }
      const next = row(before as R | undefined)
      requests.push(tx.objectStore('heads').put(head), tx.objectStore('summaries').put(next), tx.done)
      await Promise.all(requests)
    } catch (error) {
      await abort(tx)
      throw await storageError(tx.error ?? error, `the ${noun} “${head.title}”`, need)
    }
    news.tell({ id: head.id, revision: head.revision })
  }

  const everyRow = async () => (await (await connection.get()).getAll('summaries')) as R[]

  return {
    everyRow,

    async rows() {
      const rows = (await everyRow()).filter(row => row.removedAt === undefined)
      const latest = (row: Row) => row.openedAt ?? row.updatedAt
      return rows.sort((a, b) => (latest(a) < latest(b) ? 1 : latest(a) > latest(b) ? -1 : 0))
    },

    async read(id) {
      const tx = (await connection.get()).transaction(STORES, 'readonly')
      const range = IDBKeyRange.bound([id], [id, []])
      const [head, keys, values, row] = await Promise.all([
        tx.objectStore('heads').get(id),
        tx.objectStore('blocks').getAllKeys(range),
        tx.objectStore('blocks').getAll(range),
        tx.objectStore('summaries').get(id),
        tx.done,
      ])
      if (!head || row?.removedAt !== undefined) throw notFound(noun, id)
      const blocks = new Map(keys.map((key, at) => [key[1], values[at]!]))
      return { head: head as H, blocks, row: row as R | undefined }
    },

    create: parts => write(parts, stored => requireNew(noun, parts.head.id, stored)),
    save: (parts, expected) => write(parts, stored => requireRevision(noun, parts.head, stored, expected)),

    async change(id, change) {
      const tx = (await connection.get()).transaction('summaries', 'readwrite', DURABLE)
      tx.done.catch(() => {})
      try {
        const row = await tx.store.get(id)
        if (row) await tx.store.put(change(row as R))
        await tx.done
      } catch (error) {
        throw await storageError(tx.error ?? error, `the list of ${noun}s`)
      }
    },

    async drop(id) {
      const tx = (await connection.get()).transaction(STORES, 'readwrite', DURABLE)
      await Promise.all([
        tx.objectStore('summaries').delete(id),
        tx.objectStore('heads').delete(id),
        tx.objectStore('blocks').delete(IDBKeyRange.bound([id], [id, []])),
        tx.done,
      ])
    },

    tell: change => news.tell(change),
    watch: listener => news.watch(listener),

    close() {
      news.close()
      connection.close()
    },
  }
}
