import { accessSync, constants } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { toSeamError, type SeamError } from '#protocol/errors.ts'
import { fileError } from '../models/files.ts'
import { withLock } from '../models/lock.ts'
import { readLockFile, writeLockFile, type LockEntries, type LockEntry } from './lock-file.ts'
import { clearLeftovers, lockPath } from './sweep.ts'
import { hashTree } from './tree-hash.ts'

interface Waiting {
  readonly signal?: AbortSignal
  /** Somebody else is at work there, and is waited for. */
  readonly onWaiting?: () => void
}

/** One change at a time, over all processes, on a folder in order, whose entries `work` is given. @throws SeamError */
export async function exclusively<T>(
  folder: string,
  { signal, onWaiting }: Waiting,
  work: (entries: LockEntries) => Promise<T>,
): Promise<T> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    throw fileError(error, folder, 'write')
  }
  const waiting = onWaiting && setTimeout(onWaiting, 1000)
  try {
    return await withLock(
      lockPath(folder),
      async () => {
        clearTimeout(waiting)
        // A damaged lock file is told before anything is fetched.
        const before = readLockFile(folder)
        clearLeftovers(folder)
        const entries = settled(folder, before)
        if (Object.values(before).some(({ next }) => next)) writeLockFile(folder, entries)
        return work(entries)
      },
      signal,
    )
  } catch (error) {
    throw asSeamError(error, folder)
  } finally {
    clearTimeout(waiting)
  }
}

/** The entries as the folders are: what a killed installation left open is decided by the hash of what is there. */
function settled(folder: string, before: LockEntries): LockEntries {
  const entries = Object.create(null) as Record<string, LockEntry>
  for (const [id, { current, next }] of Object.entries(before)) {
    const isNext = next !== undefined && hashTree(join(folder, id)) === next.folderHash
    const record = isNext ? next : current
    if (record) entries[id] = { current: record }
  }
  return entries
}

/** A file system's error becomes a sentence about `path`. */
export function asSeamError(error: unknown, path: string): SeamError {
  return error instanceof Error && 'syscall' in error ? fileError(error, path, 'write') : toSeamError(error)
}
