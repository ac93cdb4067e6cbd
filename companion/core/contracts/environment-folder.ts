import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** Milliseconds after which an environment that nobody started a plugin from may go, when its plugin has another. */
export const UNUSED_KEPT = 30 * 24 * 60 * 60 * 1000

/** What was installed. Written last: an environment without it is none. */
const LOCK = 'lock.txt'
/** What was inside of a sandbox ends a moment after it, and may write until then. */
const REMOVAL = { recursive: true, force: true, maxRetries: 10, retryDelay: 50 } as const

export const pythonOf = (path: string): string =>
  process.platform === 'win32' ? join(path, 'Scripts', 'python.exe') : join(path, 'bin', 'python')

/** Whether it is whole: a link to an interpreter that is gone leads nowhere. */
export const isReady = (path: string): boolean => existsSync(join(path, LOCK)) && existsSync(pythonOf(path))

export const lockOf = (path: string): string[] =>
  readFileSync(join(path, LOCK), 'utf8')
    .split(/\r?\n/)
    .filter(line => line !== '')

/** Notes that a plugin is started from it. */
export function noteUse(path: string, now = new Date()): void {
  try {
    utimesSync(join(path, LOCK), now, now)
  } catch {
    // Somebody else's folder: they know when it may go.
  }
}

/** A folder that stands in the place of all environments while one is made for a plugin that is confined. */
export function stageOf(path: string): string {
  const stage = `${path}.stage.part`
  mkdirSync(stage, { recursive: true })
  return stage
}

/** Moves what was made on the stage to its place; nothing where it was made there at once. */
export function moveFromStage(path: string): void {
  const made = join(stageOf(path), basename(path))
  if (existsSync(made)) renameSync(made, path)
  removeParts(path)
}

/** What an installation into `path` that was broken off has left: beside its place, or in it. */
export function removeLeftovers(path: string): void {
  rmSync(path, REMOVAL)
  removeParts(path)
}

function removeParts(path: string): void {
  const folder = dirname(path)
  for (const entry of readdirSync(folder)) {
    if (entry.startsWith(`${basename(path)}.`) && entry.endsWith('.part')) rmSync(join(folder, entry), REMOVAL)
  }
}

/** Environments of a plugin for packages, or a Python, that it had once: they are large. `path` is the one it has. */
export function removeUnused(path: string, plugin: string, now = Date.now()): void {
  const folder = dirname(path)
  for (const entry of readdirSync(folder)) {
    const isOthers = !entry.startsWith(`${plugin}-`) || !/^[0-9a-f]{12}$/.test(entry.slice(plugin.length + 1))
    if (isOthers || entry === basename(path)) continue
    const used = statSync(join(folder, entry, LOCK), { throwIfNoEntry: false })?.mtimeMs ?? now
    if (now - used > UNUSED_KEPT) rmSync(join(folder, entry), REMOVAL)
  }
}
