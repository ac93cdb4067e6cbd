import type { DBSchema, IDBPDatabase } from 'idb'
import type { ProjectSummary } from '#protocol/projects.ts'
import { openDatabase } from './database.ts'
import type { ProjectHead } from './project-blocks.ts'

export interface ProjectSchema extends DBSchema {
  /** Apart from the heads, so that the list stays cheap. */
  summaries: { key: string; value: ProjectSummary }
  heads: { key: string; value: ProjectHead }
  /** JSON of some paragraphs, under [project id, hash of the JSON]. */
  blocks: { key: [string, string]; value: string }
}

const VERSION = 1

/** As `openDatabase`. @throws SeamError unsupported, conflict */
export function openProjectDatabase(
  name: string,
  lost: (why: 'newer' | 'ended') => void,
  { version = VERSION, patience }: { version?: number; patience?: number } = {},
): Promise<IDBPDatabase<ProjectSchema>> {
  return openDatabase<ProjectSchema>(
    {
      name,
      version,
      kept: 'projects',
      ...(patience === undefined ? {} : { patience }),
      upgrade(db, oldVersion) {
        if (oldVersion < 1) {
          db.createObjectStore('summaries', { keyPath: 'id' })
          db.createObjectStore('heads', { keyPath: 'id' })
          db.createObjectStore('blocks')
        }
      },
    },
    lost,
  )
}
