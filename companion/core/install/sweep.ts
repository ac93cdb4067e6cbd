import {
  existsSync,
  openSync,
  closeSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { join } from 'node:path'

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

/** Milliseconds after which a lock that nobody touches is nobody's: as long as models/lock.ts waits. */
const STALE = 20_000

/**
 * Puts the folder of installed plugins in order after an installation that was killed: an old version whose successor
 * never took its place comes back, everything else that was left behind goes. Does nothing while somebody installs, and
 * never throws: who only wants to list plugins may not be able to write here.
 */
export function sweepInstalled(folder: string): void {
  try {
    if (!readdirSync(folder).some(name => LEFTOVER.test(name)) || !take(lockPath(folder))) return
    try {
      clearLeftovers(folder)
    } finally {
      rmSync(lockPath(folder), { force: true })
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

function take(path: string, again = true): boolean {
  try {
    const file = openSync(path, 'wx')
    writeSync(file, JSON.stringify({ pid: process.pid, host: hostname() }))
    closeSync(file)
    return true
  } catch {
    if (!again || !isAbandoned(path)) return false
    rmSync(path, { force: true })
    return take(path, false)
  }
}

function isAbandoned(path: string): boolean {
  try {
    if (Date.now() - statSync(path).mtimeMs > STALE) return true
    const owner = JSON.parse(readFileSync(path, 'utf8')) as { readonly pid?: unknown; readonly host?: unknown }
    if (owner.host !== hostname() || typeof owner.pid !== 'number' || owner.pid === process.pid) return false
    process.kill(owner.pid, 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}
