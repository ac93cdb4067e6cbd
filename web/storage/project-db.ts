import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import { SeamError } from '#protocol/errors.ts'
import type { ProjectSummary } from '#protocol/projects.ts'
import type { ProjectHead } from './project-blocks.ts'

export interface ProjectSchema extends DBSchema {
  /** Apart from the heads, so that the list stays cheap. */
  summaries: { key: string; value: ProjectSummary }
  heads: { key: string; value: ProjectHead }
  /** JSON of some paragraphs, under [project id, hash of the JSON]. */
  blocks: { key: [string, string]; value: string }
}

export type ProjectDatabase = IDBPDatabase<ProjectSchema>

const VERSION = 1
/** How long other tabs get to let go of an older version of the database, milliseconds. */
export const BLOCKED_PATIENCE = 5_000

/**
 * @param lost called when the connection can't be used any more: `newer` when another tab is about to upgrade the
 *   database, `ended` when the browser closed it
 * @throws SeamError unsupported, conflict (another tab holds an older version open)
 */
export async function openProjectDatabase(
  name: string,
  lost: (why: 'newer' | 'ended') => void,
  { version = VERSION, patience = BLOCKED_PATIENCE } = {},
): Promise<ProjectDatabase> {
  if (typeof indexedDB === 'undefined') {
    throw new SeamError(
      'unsupported',
      'This browser offers no IndexedDB, so projects cannot be kept. Nothing was stored; leave the private window, ' +
        'or allow this site to store data.',
    )
  }
  let abandoned = false
  let timer: ReturnType<typeof setTimeout> | undefined
  const { promise: blocked, reject } = Promise.withResolvers<never>()
  const opening = openDB<ProjectSchema>(name, version, {
    upgrade(db, oldVersion) {
      if (oldVersion < 1) {
        db.createObjectStore('summaries', { keyPath: 'id' })
        db.createObjectStore('heads', { keyPath: 'id' })
        db.createObjectStore('blocks')
      }
    },
    blocked() {
      timer = setTimeout(() => {
        abandoned = true
        reject(
          new SeamError(
            'conflict',
            'Another tab holds an older version of the projects open. Nothing was changed; close the other tabs of ' +
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
    throw openingError(error)
  } finally {
    clearTimeout(timer)
  }
}

function openingError(error: unknown): SeamError {
  if (error instanceof SeamError) return error
  if (error instanceof Error && error.name === 'VersionError') {
    return new SeamError(
      'unsupported',
      'The projects in this browser were written by a newer version of Voxloom. They are untouched; reload the page ' +
        'to get that version.',
      { cause: error },
    )
  }
  const reason = error instanceof Error ? error.message : String(error)
  return new SeamError(
    'unsupported',
    `The browser refused to open its database, so projects cannot be kept (${reason}). Nothing was changed; leave ` +
      'the private window, or allow this site to store data, then reload.',
    { cause: error, retryable: true },
  )
}
