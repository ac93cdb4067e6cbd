import { errorData, SeamError } from '#protocol/errors.ts'
import type { Handlers } from '#protocol/peer.ts'
import type { Run } from '#protocol/run.ts'
import { type Answer, isMessage, type Request } from './message.ts'
import { showLife } from './life.ts'
import { listen, type Port } from './port.ts'
import { buffersOf } from './transfer.ts'

type Handler = (input: unknown, run: Required<Run>) => unknown

/** One call or stream that is under way. */
interface Work {
  readonly abort: AbortController
  /** Lets a stream go on, when it waits for its reader. */
  more(): void
}

/** Answers the calls that arrive at `port` until it is closed. @returns what ends it and all work under way */
export function serve<Calls>(port: Port, handlers: Handlers<Calls>): { close(): void } {
  const works = new Map<number, Work>()
  const table = handlers as Readonly<Record<string, Handler>>

  function send(answer: Answer, transfer: ArrayBuffer[] = []): void {
    if (works.has(answer.id)) port.postMessage(answer, transfer)
  }

  function stopAll(): void {
    for (const { abort } of works.values()) abort.abort(new SeamError('cancelled', 'The caller has gone.'))
    works.clear()
  }

  function runOf(id: number, abort: AbortController): Required<Run> {
    return { signal: abort.signal, onProgress: progress => send({ rpc: 'progress', id, progress }) }
  }

  async function begin(request: Request & { rpc: 'call' | 'open' }): Promise<void> {
    const { id, name, input } = request
    if (works.has(id)) return
    const abort = new AbortController()
    const credit = new Credit(request.rpc === 'open' ? request.window : 0, abort.signal)
    works.set(id, { abort, more: () => credit.add() })
    try {
      if (!Object.hasOwn(table, name)) {
        throw new SeamError('not-found', `There is no call named “${String(name)}” here.`)
      }
      const result = table[name]?.(input, runOf(id, abort))
      if (request.rpc === 'open') {
        if (!isAsyncIterable(result)) throw mismatch(name, 'answers once and was read as a stream')
        await pump(result, credit, abort.signal, item => send({ rpc: 'item', id, item }, buffersOf(item)))
        send({ rpc: 'end', id })
      } else {
        const output = await result
        if (isAsyncIterable(output)) throw mismatch(name, 'is a stream and was called as a single call')
        send({ rpc: 'done', id, output }, buffersOf(output))
      }
    } catch (error) {
      send({ rpc: 'fail', id, error: errorData(error) })
    } finally {
      // After an abort the id may have been let go already.
      if (works.get(id)?.abort === abort) works.delete(id)
    }
  }

  // A page has windows and ports of its own; only a worker dies by itself.
  if ('WorkerGlobalScope' in globalThis && port === (globalThis as unknown)) showLife(port)

  const unlisten = listen(port, {
    message(data) {
      if (!isMessage(data)) return
      if (data.rpc === 'call' || data.rpc === 'open') void begin(data)
      else if (data.rpc === 'more') works.get(data.id)?.more()
      else if (data.rpc === 'abort') {
        const work = works.get(data.id)
        works.delete(data.id)
        work?.abort.abort(new SeamError('cancelled', 'Cancelled.'))
      } else if (data.rpc === 'bye' && data.from === 'caller') stopAll()
    },
    garbled: () => {},
    dead: stopAll,
  })

  return {
    close() {
      unlisten()
      stopAll()
      port.postMessage({ rpc: 'bye', id: 0, from: 'server' }, [])
    },
  }
}

/** Sends what `items` gives, one for each credit. Ends the producer when the reader has gone. */
async function pump(
  items: AsyncIterable<unknown>,
  credit: Credit,
  signal: AbortSignal,
  send: (item: unknown) => void,
): Promise<void> {
  const producer = items[Symbol.asyncIterator]()
  // A generator in mid-await takes the return when it comes out of it, which its own signal makes soon.
  const stop = () => void Promise.resolve(producer.return?.()).catch(() => {})
  signal.addEventListener('abort', stop, { once: true })
  try {
    while (await credit.take()) {
      const { done, value } = await producer.next()
      if (done || signal.aborted) break
      try {
        send(value)
      } catch (error) {
        stop()
        throw error
      }
    }
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

/** How many items the reader has room for. */
class Credit {
  #count: number
  #wake: (() => void) | undefined
  readonly #signal: AbortSignal

  constructor(count: number, signal: AbortSignal) {
    this.#count = count
    this.#signal = signal
    signal.addEventListener('abort', () => this.#wake?.(), { once: true })
  }

  add(): void {
    this.#count += 1
    this.#wake?.()
  }

  /** Waits for a credit and takes it. @returns false when the reader has gone */
  async take(): Promise<boolean> {
    while (this.#count < 1 && !this.#signal.aborted) await new Promise<void>(resolve => (this.#wake = resolve))
    this.#count -= 1
    return !this.#signal.aborted
  }
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

const mismatch = (name: string, what: string) => new SeamError('bad-input', `“${name}” ${what}.`)
