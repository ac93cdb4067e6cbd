import { SeamError } from '#protocol/errors.ts'

/**
 * One request from its start to its last piece: ends it when its caller leaves, and when the server is silent for too
 * long. Close it in `finally`.
 */
export class Call {
  readonly #abort = new AbortController()
  readonly #caller: AbortSignal | undefined
  readonly #onLeave: () => void
  readonly #over: Promise<never>
  #fail: (error: SeamError) => void = () => {}
  #timer: number | undefined

  constructor(caller: AbortSignal | undefined) {
    this.#caller = caller
    this.#over = new Promise((_, reject) => (this.#fail = reject))
    // Nobody need be waiting when it happens.
    this.#over.catch(() => undefined)
    this.#onLeave = () => this.#end(new SeamError('cancelled', 'The reply was stopped.'))
    if (caller?.aborted) this.#onLeave()
    else caller?.addEventListener('abort', this.#onLeave, { once: true })
  }

  /** For the request. */
  get signal(): AbortSignal {
    return this.#abort.signal
  }

  /** From now on something must come within this many milliseconds. */
  expect(milliseconds: number, sentence: string): void {
    this.rest()
    this.#timer = setTimeout(() => this.#end(new SeamError('offline', sentence)), milliseconds)
  }

  /** Nobody waits for the server now. */
  rest(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  /** `work`, or the reason why it is not waited for any longer. @throws SeamError cancelled, offline */
  async race<T>(work: Promise<T>): Promise<T> {
    work.catch(() => undefined)
    return Promise.race([work, this.#over])
  }

  /** What `items` gives, for as long as it is waited for. Leaving the loop ends `items`. @throws SeamError as `race` */
  async *each<T>(items: AsyncIterable<T>): AsyncGenerator<T, void> {
    const iterator = items[Symbol.asyncIterator]()
    try {
      for (;;) {
        const next = await this.race(iterator.next())
        if (next.done) return
        yield next.value
      }
    } finally {
      // Not waited for: one that is silent ends only when its request does.
      void iterator.return?.().then(undefined, () => undefined)
    }
  }

  /** Waits, unless the caller leaves. @throws SeamError cancelled */
  async pause(milliseconds: number): Promise<void> {
    let timer: number | undefined
    try {
      await this.race(new Promise<void>(resolve => (timer = setTimeout(resolve, milliseconds))))
    } finally {
      clearTimeout(timer)
    }
  }

  close(): void {
    this.rest()
    this.#caller?.removeEventListener('abort', this.#onLeave)
    this.#abort.abort()
  }

  #end(error: SeamError): void {
    this.rest()
    this.#fail(error)
    this.#abort.abort()
  }
}
