import { utimes } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { giveLock, takeLock } from './lock-take.ts'

const BEAT = 2_000
/** Milliseconds between two looks at a lock that somebody else holds. */
const LOOK = 200
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
    const mark = await take(path, signal)
    const beat = setInterval(() => {
      const now = new Date()
      utimes(path, now, now).catch(() => undefined)
    }, BEAT)
    beat.unref()
    try {
      return await work()
    } finally {
      clearInterval(beat)
      giveLock(path, mark)
    }
  } finally {
    // A call that gave up while waiting must not let the next one pass the one before it.
    before.then(leave)
    if (held.get(path) === mine) held.delete(path)
  }
}

async function take(path: string, signal?: AbortSignal): Promise<string> {
  for (;;) {
    signal?.throwIfAborted()
    const mark = takeLock(path)
    if (mark !== undefined) return mark
    await wait(LOOK, undefined, signal && { signal })
  }
}

function aborted(signal?: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal?.aborted) reject(signal.reason)
    else signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
