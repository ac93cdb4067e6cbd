import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { giveLock, takeLock } from '../models/lock-take.ts'

/** Held while anything in the folder of installed plugins is changed. */
export const lockPath = (folder: string): string => join(folder, '.install.lock')

/** Where a new version is made ready. What is in it means nothing once nobody works there. */
export const stagingPath = (folder: string): string => join(folder, `.installing-${randomUUID()}`)
/** Where the old version waits until the new one has its place. */
export const replacedPath = (folder: string, id: string): string => join(folder, `.replaced-${id}.${randomUUID()}`)
/** Where a plugin goes that is being removed. */
export const removedPath = (folder: string): string => join(folder, `.removed-${randomUUID()}`)

const REPLACED = /^\.replaced-([a-z][a-z0-9-]*)\.[0-9a-f-]{36}$/
const LEFTOVER = /^\.(installing|replaced|removed)-|^plugins\.lock\.json\..+\.part$/

/**
 * Puts the folder of installed plugins in order after an installation that was killed: an old version whose successor
 * never took its place comes back, everything else that was left behind goes. Does nothing while somebody installs, and
 * never throws: who only wants to list plugins may not be able to write here.
 */
export function sweepInstalled(folder: string): void {
  try {
    if (!readdirSync(folder).some(name => LEFTOVER.test(name))) return
    const mark = takeLock(lockPath(folder))
    if (mark === undefined) return
    try {
      clearLeftovers(folder)
    } finally {
      giveLock(lockPath(folder), mark)
    }
  } catch {
    // There is no such folder yet, or it is not ours to clean.
  }
}

/** The caller holds the lock. */
export function clearLeftovers(folder: string): void {
  for (const name of readdirSync(folder).filter(name => LEFTOVER.test(name))) {
    const id = REPLACED.exec(name)?.[1]
    if (id !== undefined && !existsSync(join(folder, id))) renameSync(join(folder, name), join(folder, id))
    else rmSync(join(folder, name), { recursive: true, force: true })
  }
}
