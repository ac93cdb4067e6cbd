import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { SeamError } from '#protocol/errors.ts'
import { nearest } from '../nearest.ts'
import { readManifest } from '../plugins/manifest.ts'
import { writeLockFile, type InstalledRecord, type LockEntries } from './lock-file.ts'
import { exclusively } from './place.ts'
import { removedPath } from './sweep.ts'
import { syncFolder } from './sync-folder.ts'
import { hashTree } from './tree-hash.ts'

/** Deletes an installed plugin and what is known of it. @throws SeamError not-found, refused */
export async function removePlugin(folder: string, id: string, signal?: AbortSignal): Promise<InstalledRecord> {
  return exclusively(folder, signal ? { signal } : {}, async entries => {
    const record = recordOf(entries, id)
    const aside = removedPath(folder)
    // First the folder, then the entry: a folder without an entry would count as put there by hand.
    if (existsSync(join(folder, id))) await rename(join(folder, id), aside)
    const { [id]: _, ...rest } = entries
    writeLockFile(folder, rest)
    syncFolder(folder)
    await rm(aside, { recursive: true, force: true }).catch(() => undefined)
    return record
  })
}

/**
 * Takes over what has changed in an installed plugin's folder since. It counts as local from then on, whatever its
 * archive was, and further changes are noticed as before. @throws SeamError not-found, bad-input
 */
export async function acceptPlugin(folder: string, id: string, signal?: AbortSignal): Promise<InstalledRecord> {
  return exclusively(folder, signal ? { signal } : {}, async entries => {
    const record = recordOf(entries, id)
    const { version } = readManifest(join(folder, id))
    const folderHash = hashTree(join(folder, id))
    if (folderHash === undefined) {
      throw new SeamError(
        'bad-input',
        `${join(folder, id)} holds links, or more than a plugin may have. Remove them, or install the plugin again.`,
      )
    }
    if (folderHash === record.folderHash) return record
    const accepted = { ...record, version, folderHash, acceptedAt: new Date().toISOString() }
    writeLockFile(folder, { ...entries, [id]: { current: accepted } })
    return accepted
  })
}

function recordOf(entries: LockEntries, id: string): InstalledRecord {
  const record = entries[id]?.current
  if (record) return record
  const meant = nearest(id, Object.keys(entries))
  throw new SeamError(
    'not-found',
    `No plugin “${id.slice(0, 64)}” was installed. ${meant ? `Did you mean “${meant}”?` : 'What lies in other folders of plugins is yours to change.'}`,
  )
}
