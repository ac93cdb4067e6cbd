import type { Port } from './port.ts'

/**
 * A worker that runs out of memory, or closes itself, vanishes without an event, and whoever waits for its answer would
 * wait for ever. So it holds a lock that the browser takes from it when it is gone, and the page queues for that lock.
 */
interface Alive {
  readonly rpc: 'alive'
  readonly lock: string
}

const isAlive = (data: unknown): data is Alive =>
  typeof data === 'object' && data !== null && (data as { rpc?: unknown }).rpc === 'alive'

/** In the page: calls back once when the worker is gone. @returns an end to it */
export function watchLife(worker: Port, gone: () => void): () => void {
  const locks = globalThis.navigator?.locks
  if (!locks) return () => {}
  const lock = `voxloom-worker-${crypto.randomUUID()}`
  const abort = new AbortController()
  const onHeld = (event: Event) => {
    const { data } = event as MessageEvent<unknown>
    if (!isAlive(data) || data.lock !== lock) return
    worker.removeEventListener('message', onHeld)
    locks.request(lock, { signal: abort.signal }, gone).catch(() => undefined)
  }
  worker.addEventListener('message', onHeld)
  worker.postMessage({ rpc: 'alive', lock } satisfies Alive, [])
  return () => {
    worker.removeEventListener('message', onHeld)
    abort.abort()
  }
}

/** In the worker: holds the lock that the page names for as long as the worker lives. */
export function showLife(port: Port): void {
  port.addEventListener('message', event => {
    const { data } = event as MessageEvent<unknown>
    if (!isAlive(data)) return
    void navigator.locks?.request(data.lock, () => {
      port.postMessage(data, [])
      return new Promise(() => {})
    })
  })
}
