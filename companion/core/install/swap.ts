import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { writeLockFile, type InstalledRecord, type LockEntries } from './lock-file.ts'
import { replacedPath } from './sweep.ts'
import { syncFolder } from './sync-folder.ts'

/** Points at which a test breaks an installation off. */
export type InstallStep = 'fetched' | 'unpacked' | 'recorded' | 'aside' | 'swapped' | 'settled'

interface Swap {
  /** Of installed plugins; the caller holds its lock. */
  readonly folder: string
  readonly id: string
  /** The new version, ready, on the same disk. */
  readonly root: string
  readonly record: InstalledRecord
  readonly entries: LockEntries
  readonly onStep: (step: InstallStep) => void
}

/**
 * Puts a new version into its place. Both stand in the lock file until that is done, so that whichever is there after a
 * crash is a known one; and the old one waits beside, from where the next start brings it back.
 */
export async function swapIn({ folder, id, root, record, entries, onStep }: Swap): Promise<void> {
  const target = join(folder, id)
  const current = entries[id]?.current
  writeLockFile(folder, { ...entries, [id]: { ...(current && { current }), next: record } })
  onStep('recorded')
  const aside = existsSync(target) ? replacedPath(folder, id) : undefined
  if (aside !== undefined) await rename(target, aside)
  onStep('aside')
  try {
    await rename(root, target)
  } catch (error) {
    if (aside !== undefined) await rename(aside, target)
    throw error
  }
  syncFolder(folder)
  onStep('swapped')
  writeLockFile(folder, { ...entries, [id]: { current: record } })
  onStep('settled')
  // What can't be deleted now is cleared away by the next start.
  if (aside !== undefined) await rm(aside, { recursive: true, force: true }).catch(() => undefined)
}
