import { randomUUID } from 'node:crypto'
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { errorCode, fileError } from './files.ts'

/** Milliseconds after which a lock that nobody has touched is nobody's. */
const STALE = 20_000

/**
 * Takes the lock `path`, unless somebody holds it. One that was left behind is taken over: at once when its process is
 * gone, else when it has not been touched for 20 s.
 * @returns its mark, for giving it back; undefined when somebody holds it @throws SeamError when it can't be written
 */
export function takeLock(path: string): string | undefined {
  const mark = randomUUID()
  return make(path, mark) || takeOver(path, mark) ? mark : undefined
}

/** Whoever slept too long has lost it to another, whose lock this is now: that one stays. */
export function giveLock(path: string, mark: string): void {
  try {
    if (look(path)?.mark === mark) rmSync(path, { force: true })
  } catch {
    // What can't be removed is taken over when nobody has touched it for a while.
  }
}

/** Whether the file was made; false when there is one. */
function make(path: string, mark: string): boolean {
  try {
    mkdirSync(dirname(path), { recursive: true })
    const file = openSync(path, 'wx')
    try {
      writeFileSync(file, JSON.stringify({ pid: process.pid, host: hostname(), mark }))
    } catch (error) {
      rmSync(path, { force: true })
      throw error
    } finally {
      closeSync(file)
    }
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    throw fileError(error, path, 'write')
  }
}

/**
 * Takes over a lock that nobody holds any more. Several may judge it so at once, and by deleting it one could delete
 * what another has made in its place. So they contend for its successor instead, a file that is named after its mark:
 * one alone can make that, and its maker puts it in the lock's place. A successor whose maker died has a successor of
 * its own.
 */
function takeOver(path: string, mark: string): boolean {
  const trail: { readonly path: string; readonly mark: string }[] = []
  let next = path
  do {
    const found = look(next)
    if (!found?.isStale) return false
    trail.push({ path: next, mark: found.mark })
    next = `${path}.${found.mark}`
  } while (!make(next, mark))
  try {
    // Somebody else may have got to the end between the look and the making: then this is the successor of nothing.
    for (const { path, mark } of trail) {
      const found = look(path)
      if (found?.mark !== mark || !found.isStale) return false
    }
    renameSync(next, path)
    for (const dead of trail.slice(1)) rmSync(dead.path, { force: true })
    return true
  } catch (error) {
    // Windows replaces no file that somebody is just looking at.
    if (process.platform === 'win32') return false
    throw fileError(error, path, 'write')
  } finally {
    rmSync(next, { force: true })
  }
}

interface Seen {
  /** No two locks have the same. */
  readonly mark: string
  readonly isStale: boolean
}

/** What stands at `path`; undefined when nothing does, or it can't be read. */
function look(path: string): Seen | undefined {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch {
    return undefined
  }
  try {
    // Both of one file: another may take its place in between.
    const { mtimeMs, ino } = fstatSync(file)
    const { pid, host, mark = `${ino}-${mtimeMs}` } = ownerOf(readFileSync(file, 'utf8'))
    const isGone = host === hostname() && pid !== undefined && !isAlive(pid)
    return { mark, isStale: isGone || Date.now() - mtimeMs > STALE }
  } finally {
    closeSync(file)
  }
}

interface Owner {
  readonly pid?: number
  readonly host?: string
  /** Goes into the name of a file. */
  readonly mark?: string
}

/** Nothing is known of one that is half written: its owner is just making it, or died of that. */
function ownerOf(text: string): Owner {
  try {
    const { pid, host, mark } = JSON.parse(text) as Record<string, unknown>
    return {
      ...(typeof pid === 'number' && { pid }),
      ...(typeof host === 'string' && { host }),
      ...(typeof mark === 'string' && /^[\w-]{1,64}$/.test(mark) && { mark }),
    }
  } catch {
    return {}
  }
}

/** Whether a process with this id runs. One that we may not signal does. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errorCode(error) === 'EPERM'
  }
}
