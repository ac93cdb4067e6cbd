import type { DBSchema, IDBPDatabase } from 'idb'
import { openDatabase } from './database.ts'

/** A document without its parts. */
export interface Head {
  readonly id: string
  readonly title: string
  readonly revision: number
}

/** What the list shows of it. */
export interface Row {
  readonly id: string
  readonly updatedAt: string
  readonly openedAt?: string
  /** Milliseconds since 1970 at which it was removed, where that can be taken back. */
  readonly removedAt?: number
}

export interface DocumentSchema extends DBSchema {
  /** Apart from the heads, so that the list stays cheap. */
  summaries: { key: string; value: Row }
  heads: { key: string; value: Head }
  /** JSON of a part, under [document id, hash of the JSON]. Saving writes those that the stored head does not name. */
  blocks: { key: [string, string]; value: string }
}

const VERSION = 1

/** As `openDatabase`. @throws SeamError unsupported, conflict */
export function openDocumentDatabase(
  { name, noun }: { readonly name: string; readonly noun: string },
  lost: (why: 'newer' | 'ended') => void,
  { version = VERSION, patience }: { version?: number; patience?: number } = {},
): Promise<IDBPDatabase<DocumentSchema>> {
  return openDatabase<DocumentSchema>(
    {
      name,
      version,
      kept: `${noun}s`,
      ...(patience === undefined ? {} : { patience }),
      upgrade(db, oldVersion) {
        if (oldVersion >= 1) return
        db.createObjectStore('summaries', { keyPath: 'id' })
        db.createObjectStore('heads', { keyPath: 'id' })
        db.createObjectStore('blocks')
      },
    },
    lost,
  )
}
