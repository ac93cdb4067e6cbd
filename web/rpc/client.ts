import { errorData, fromErrorData, SeamError } from '#protocol/errors.ts'
import type { Peer } from '#protocol/peer.ts'
import type { Run } from '#protocol/run.ts'
import { type Answer, isMessage, type Request } from './message.ts'
import { watchLife } from './life.ts'
import { listen, type Port } from './port.ts'
import { RemoteStream } from './remote-stream.ts'

/** Somebody who waits for the answers to one id. */
export interface Waiting {
  answer(answer: Answer): void
  fail(error: SeamError): void
}

/** A peer whose far side is a worker that this peer ends with it. */
export interface WorkerPeer<Calls> extends Peer<Calls> {
  /** Kills the worker in the middle of whatever it does; what is open fails with `engine`, and may be tried again. */
  terminate(): void
}

const cancelled = () => new SeamError('cancelled', 'Cancelled.')
const closed = () => new SeamError('cancelled', 'The connection was closed before the answer came.')
const died = (why: string) =>
  new SeamError(
    'engine',
    `The background worker stopped${why ? `: ${why.replace(/\.$/, '')}` : ''}. What it had finished is kept; try again.`,
    { retryable: true },
  )

/** The calling side of one port. */
export class Caller {
  readonly #port: Port
  readonly #open = new Map<number, Waiting>()
  readonly #unlisten: () => void
  #lastId = 0
  #over: SeamError | undefined

  constructor(port: Port) {
    this.#port = port
    this.#unlisten = listen(port, {
      message: data => {
        if (!isMessage(data)) return
        if (data.rpc === 'bye') {
          if (data.from === 'server') this.end(closed(), died('its service was closed'))
        } else if (data.rpc !== 'call' && data.rpc !== 'open' && data.rpc !== 'more' && data.rpc !== 'abort') {
          this.#open.get(data.id)?.answer(data)
        }
      },
      garbled: () => this.#failAll(died('a message from it could not be read')),
      dead: why => this.end(died(why)),
    })
  }

  /** Sends the first message of a new id. @throws SeamError bad-input when `input` can't be cloned */
  start(request: (id: number) => Request, transfer: ArrayBuffer[], waiting: Waiting): number {
    if (this.#over) throw this.#over
    const id = ++this.#lastId
    const message = request(id)
    try {
      this.#port.postMessage(message, transfer)
    } catch (cause) {
      const { message: why } = errorData(cause)
      throw new SeamError('bad-input', `The input can't be sent to another thread: ${why}`, { cause })
    }
    this.#open.set(id, waiting)
    return id
  }

  /** Sends about an id that is open. */
  send(request: Request): void {
    if (!this.#over) this.#port.postMessage(request, [])
  }

  /** No answer to `id` is wanted any longer. */
  forget(id: number): void {
    this.#open.delete(id)
  }

  /** Ends everything; `later` is what new calls fail with. */
  end(error: SeamError, later: SeamError = error): void {
    if (this.#over) return
    this.#over = later
    this.#unlisten()
    this.#failAll(error)
  }

  close(): void {
    if (this.#over) return
    this.#port.postMessage({ rpc: 'bye', id: 0, from: 'caller' }, [])
    this.end(closed())
    this.#port.close?.()
  }

  #failAll(error: SeamError): void {
    const open = [...this.#open.values()]
    this.#open.clear()
    for (const waiting of open) waiting.fail(error)
  }
}

function callOnce(
  caller: Caller,
  name: string,
  input: unknown,
  run: Run & { readonly transfer?: readonly ArrayBuffer[] } = {},
): Promise<unknown> {
  const { signal, onProgress, transfer = [] } = run
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(cancelled())
    let id = 0
    const settle = () => {
      signal?.removeEventListener('abort', onAbort)
      caller.forget(id)
    }
    const onAbort = () => {
      settle()
      caller.send({ rpc: 'abort', id })
      reject(cancelled())
    }
    const waiting: Waiting = {
      answer(answer) {
        if (answer.rpc === 'progress') return onProgress?.(answer.progress)
        settle()
        if (answer.rpc === 'done') resolve(answer.output)
        else if (answer.rpc === 'fail') reject(fromErrorData(answer.error))
        else reject(new SeamError('internal', `“${name}” is a stream and was called as a single call.`))
      },
      fail(error) {
        settle()
        reject(error)
      },
    }
    id = caller.start(id => ({ rpc: 'call', id, name, input }), [...transfer], waiting)
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}

/** A peer that calls what `serve` offers at the far end of `port`. The port is this peer's to close. */
export function connect<Calls>(port: Port): Peer<Calls> {
  return peerOf<Calls>(new Caller(port))
}

/** A peer for a worker that belongs to it: `close` ends the worker too. */
export function connectWorker<Calls>(worker: Port & { terminate(): void }): WorkerPeer<Calls> {
  const caller = new Caller(worker)
  const peer = peerOf<Calls>(caller)
  const unwatch = watchLife(worker, () => caller.end(died('it ran out of memory or was closed')))
  return {
    ...peer,
    close() {
      unwatch()
      peer.close()
      worker.terminate()
    },
    terminate() {
      unwatch()
      worker.terminate()
      caller.end(died('it was ended'))
    },
  }
}

function peerOf<Calls>(caller: Caller): Peer<Calls> {
  return {
    // The caller carries any value; which name takes and gives which type is the interface's to say.
    call: (name, input, run) => callOnce(caller, name, input, run) as never,
    stream: (name, input, run) =>
      ({ [Symbol.asyncIterator]: () => new RemoteStream(caller, name, input, run) }) as AsyncIterable<never>,
    close: () => caller.close(),
  }
}
