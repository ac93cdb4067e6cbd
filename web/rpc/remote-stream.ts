import { fromErrorData, SeamError } from '#protocol/errors.ts'
import type { Run } from '#protocol/run.ts'
import type { Caller, Waiting } from './client.ts'
import type { Answer } from './message.ts'

interface Reader {
  resolve(result: IteratorResult<unknown, undefined>): void
  reject(error: SeamError): void
}

/** Items that may be on their way to a reader who has not asked for them. */
const defaultWindow = 4

/** One reading of a remote stream. Nothing is sent before the first `next`. */
export class RemoteStream implements AsyncIterator<unknown, undefined>, Waiting {
  readonly #caller: Caller
  readonly #name: string
  readonly #input: unknown
  readonly #run: Run & { readonly window?: number }
  readonly #items: unknown[] = []
  readonly #readers: Reader[] = []
  #id = 0
  /** Set when nothing more will come; an error is given to one reader, then the stream is over. */
  #ended: { error?: SeamError } | undefined

  constructor(caller: Caller, name: string, input: unknown, run: Run & { readonly window?: number } = {}) {
    this.#caller = caller
    this.#name = name
    this.#input = input
    this.#run = run
  }

  async next(): Promise<IteratorResult<unknown, undefined>> {
    if (!this.#id && !this.#ended) {
      try {
        this.#open()
      } catch (error) {
        this.#ended = {}
        throw error
      }
    }
    if (this.#items.length) {
      const value = this.#items.shift()
      if (!this.#ended) this.#caller.send({ rpc: 'more', id: this.#id })
      return { value, done: false }
    }
    if (this.#ended) {
      const { error } = this.#ended
      this.#ended = {}
      if (error) throw error
      return { value: undefined, done: true }
    }
    return new Promise((resolve, reject) => this.#readers.push({ resolve, reject }))
  }

  /** The reader has left: ends the work at the far side, and drops what has come. */
  async return(): Promise<IteratorResult<unknown, undefined>> {
    this.#leave()
    return { value: undefined, done: true }
  }

  answer(answer: Answer): void {
    if (answer.rpc === 'progress') this.#run.onProgress?.(answer.progress)
    else if (answer.rpc === 'item') this.#take(answer.item)
    else if (answer.rpc === 'end') this.#end({})
    else if (answer.rpc === 'fail') this.#end({ error: fromErrorData(answer.error) })
    else this.#end({ error: new SeamError('internal', `“${this.#name}” answers once and was read as a stream.`) })
  }

  fail(error: SeamError): void {
    this.#end({ error })
  }

  #open(): void {
    const { signal, window = defaultWindow } = this.#run
    if (signal?.aborted) return this.#end({ error: new SeamError('cancelled', 'Cancelled.') })
    if (!Number.isInteger(window) || window < 1) {
      throw new SeamError('bad-input', `A stream's window must be a whole number from 1 on, and this one is ${window}.`)
    }
    const open = (id: number) => ({ rpc: 'open', id, name: this.#name, input: this.#input, window }) as const
    this.#id = this.#caller.start(open, [], this)
    signal?.addEventListener('abort', this.#onAbort, { once: true })
  }

  #take(item: unknown): void {
    const reader = this.#readers.shift()
    if (!reader) {
      this.#items.push(item)
      return
    }
    this.#caller.send({ rpc: 'more', id: this.#id })
    reader.resolve({ value: item, done: false })
  }

  /** What has come is still read; only then is the end seen. */
  #end(ended: { error?: SeamError }): void {
    if (this.#ended) return
    this.#caller.forget(this.#id)
    this.#run.signal?.removeEventListener('abort', this.#onAbort)
    this.#ended = ended
    for (const reader of this.#readers.splice(0)) {
      const { error } = this.#ended
      this.#ended = {}
      if (error) reader.reject(error)
      else reader.resolve({ value: undefined, done: true })
    }
  }

  #leave(): void {
    this.#items.length = 0
    if (this.#id && !this.#ended) this.#caller.send({ rpc: 'abort', id: this.#id })
    this.#end({})
  }

  /** A reader who gave up wants nothing more, not even what has come. */
  readonly #onAbort = () => {
    this.#items.length = 0
    this.#caller.send({ rpc: 'abort', id: this.#id })
    this.#end({ error: new SeamError('cancelled', 'Cancelled.') })
  }
}
