import { mkdir, open, readFile, rm, stat, utimes } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { errorCode, fileError } from './files.ts'

const BEAT = 2_000
const STALE = 20_000
const held = new Map<string, Promise<void>>()

/**
 * Runs `work` while no other process, and no other call in this one, holds `path`. A lock left behind by a process
 * that died is taken over: at once when its pid is gone, else when it has not been touched for 20 s.
 */
export async function withLock<T>(path: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  const before = held.get(path) ?? Promise.resolve()
  let leave!: () => void
  const turn = new Promise<void>(resolve => (leave = resolve))
  const mine = before.then(() => turn)
  held.set(path, mine)
  try {
    await Promise.race([before, aborted(signal)])
    await take(path, signal)
    const beat = setInterval(() => {
      const now = new Date()
      utimes(path, now, now).catch(() => undefined)
    }, BEAT)
    beat.unref()
    try {
      return await work()
    } finally {
      clearInterval(beat)
      await rm(path, { force: true }).catch(() => undefined)
    }
  } finally {
    // A call that gave up while waiting must not let the next one pass the one before it.
    before.then(leave)
    if (held.get(path) === mine) held.delete(path)
  }
}

async function take(path: string, signal?: AbortSignal): Promise<void> {
  for (;;) {
    signal?.throwIfAborted()
    try {
      await mkdir(dirname(path), { recursive: true })
      const file = await open(path, 'wx')
      await file.writeFile(JSON.stringify({ pid: process.pid, host: hostname() }))
      await file.close()
      return
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw fileError(error, path, 'write')
    }
    if (await isStale(path)) await rm(path, { force: true })
    else await wait(200, undefined, signal && { signal })
  }
}

async function isStale(path: string): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(path)
    if (Date.now() - mtimeMs > STALE) return true
    const owner: unknown = JSON.parse(await readFile(path, 'utf8'))
    if (!owner || typeof owner !== 'object' || !('pid' in owner) || !('host' in owner)) return false
    return owner.host === hostname() && typeof owner.pid === 'number' && !isAlive(owner.pid)
  } catch {
    // Half written: its owner is just making it. Gone: it was just given back. Either way, look again.
    return false
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

function aborted(signal?: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal?.aborted) reject(signal.reason)
    else signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
