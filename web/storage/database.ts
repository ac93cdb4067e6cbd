import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import { SeamError } from '#protocol/errors.ts'

/** How long other tabs get to let go of an older version of the database, milliseconds. */
const BLOCKED_PATIENCE = 5_000

export interface DatabaseOptions<Schema extends DBSchema> {
  readonly name: string
  readonly version: number
  /** What is kept in it, for sentences: `projects`. */
  readonly kept: string
  upgrade(db: IDBPDatabase<Schema>, oldVersion: number): void
  readonly patience?: number
}

/**
 * @param lost called when the connection can't be used any more: `newer` when another tab is about to upgrade the
 *   database, `ended` when the browser closed it
 * @throws SeamError unsupported, conflict (another tab holds an older version open)
 */
export async function openDatabase<Schema extends DBSchema>(
  { name, version, kept, upgrade, patience = BLOCKED_PATIENCE }: DatabaseOptions<Schema>,
  lost: (why: 'newer' | 'ended') => void,
): Promise<IDBPDatabase<Schema>> {
  if (typeof indexedDB === 'undefined') {
    throw new SeamError(
      'unsupported',
      `This browser offers no IndexedDB, so ${kept} cannot be kept. Nothing was stored; leave the private window, ` +
        'or allow this site to store data.',
    )
  }
  let abandoned = false
  let timer: ReturnType<typeof setTimeout> | undefined
  const { promise: blocked, reject } = Promise.withResolvers<never>()
  const opening = openDB<Schema>(name, version, {
    upgrade: (db, oldVersion) => upgrade(db, oldVersion),
    blocked() {
      timer = setTimeout(() => {
        abandoned = true
        reject(
          new SeamError(
            'conflict',
            `Another tab holds an older version of the ${kept} open. Nothing was changed; close the other tabs of ` +
              'this site, then reload.',
            { retryable: true },
          ),
        )
      }, patience)
    },
    blocking(_current, _next, event) {
      // Holding on would block the newer page for ever.
      ;(event.target as IDBDatabase).close()
      lost('newer')
    },
    terminated: () => lost('ended'),
  })
  opening.then(
    db => abandoned && db.close(),
    () => {},
  )
  try {
    return await Promise.race([opening, blocked])
  } catch (error) {
    throw openingError(error, kept)
  } finally {
    clearTimeout(timer)
  }
}

function openingError(error: unknown, kept: string): SeamError {
  if (error instanceof SeamError) return error
  if (error instanceof Error && error.name === 'VersionError') {
    return new SeamError(
      'unsupported',
      `The ${kept} in this browser were written by a newer version of Voxloom. They are untouched; reload the page ` +
        'to get that version.',
      { cause: error },
    )
  }
  const reason = error instanceof Error ? error.message : String(error)
  return new SeamError(
    'unsupported',
    `The browser refused to open its database, so ${kept} cannot be kept (${reason}). Nothing was changed; leave ` +
      'the private window, or allow this site to store data, then reload.',
    { cause: error, retryable: true },
  )
}

/** A connection that opens itself again when the browser closed it. */
export interface Connection<Schema extends DBSchema> {
  /** @throws SeamError unsupported, conflict (a newer page has taken the database over) */
  get(): Promise<IDBPDatabase<Schema>>
  close(): void
}

/** @param open opens the database, and says when it can't be used any more */
export function connect<Schema extends DBSchema>(
  open: (lost: (why: 'newer' | 'ended') => void) => Promise<IDBPDatabase<Schema>>,
): Connection<Schema> {
  let db: IDBPDatabase<Schema> | undefined
  let opening: Promise<IDBPDatabase<Schema>> | undefined
  let outdated = false
  let closed = false
  return {
    async get() {
      if (closed) throw new SeamError('internal', 'The store was closed.')
      if (outdated) {
        throw new SeamError(
          'conflict',
          'A newer version of Voxloom was opened in another tab. Saved work is kept; reload this tab to go on.',
        )
      }
      if (db) return db
      opening ??= open(why => {
        db = undefined
        if (why === 'newer') outdated = true
      }).finally(() => (opening = undefined))
      db = await opening
      return db
    },
    close() {
      closed = true
      db?.close()
      db = undefined
    },
  }
}

/** What one tab tells the others about changes of a store. */
export interface News<Change> {
  tell(change: Change): void
  /** @returns an end to it */
  watch(listener: (change: Change) => void): () => void
  close(): void
}

export function openNews<Change>(name: string): News<Change> {
  const channel = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel(name)
  const listeners = new Set<(change: Change) => void>()
  channel?.addEventListener('message', event => {
    for (const listener of listeners) listener(event.data as Change)
  })
  return {
    tell: change => channel?.postMessage(change),
    watch(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    close() {
      listeners.clear()
      channel?.close()
    },
  }
}

/** Breaks a transaction off, whether or not the browser has done so already. */
export async function abort(tx: { abort(): void; readonly done: Promise<void> }): Promise<void> {
  try {
    tx.abort()
  } catch {
    // Already aborted by the browser.
  }
  await tx.done.catch(() => {})
}
