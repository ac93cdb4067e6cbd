/** Passes on what `source` gives until `signal` is aborted: at once then, even where the source goes on for ever. */
export async function* until<Item>(source: AsyncIterable<Item>, signal: AbortSignal): AsyncGenerator<Item, void> {
  const iterator = source[Symbol.asyncIterator]()
  let over = false
  let stop = () => {}
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
  })
  stopped.catch(() => undefined)
  try {
    for (;;) {
      signal.throwIfAborted()
      const next = await Promise.race([iterator.next(), stopped])
      if (next.done) {
        over = true
        return
      }
      yield next.value
    }
  } finally {
    signal.removeEventListener('abort', stop)
    // Not awaited: a source that hangs would never answer.
    if (!over) void iterator.return?.()?.catch(() => undefined)
  }
}

/** One writes, one reads. `push` waits while more than `room` is unread; a single item may be larger than that. */
export class Channel<Item> {
  readonly #room: number
  readonly #sizeOf: (item: Item) => number
  readonly #items: Item[] = []
  #size = 0
  #closed = false
  #wakeReader: (() => void) | undefined
  #wakeWriter: (() => void) | undefined

  constructor(room = Infinity, sizeOf: (item: Item) => number = () => 1) {
    this.#room = room
    this.#sizeOf = sizeOf
  }

  /** Resolves when there is room for the next one, or nobody reads any more. */
  async push(item: Item): Promise<void> {
    if (this.#closed) return
    this.#items.push(item)
    this.#size += this.#sizeOf(item)
    this.#wakeReader?.()
    while (this.#size > this.#room && !this.#closed) {
      await new Promise<void>(resolve => (this.#wakeWriter = resolve))
    }
  }

  /** What was pushed is still read. */
  close(): void {
    this.#closed = true
    this.#wakeReader?.()
    this.#wakeWriter?.()
  }

  async *read(): AsyncGenerator<Item, void> {
    for (;;) {
      const item = this.#items.shift()
      if (item === undefined) {
        if (this.#closed) return
        await new Promise<void>(resolve => (this.#wakeReader = resolve))
        continue
      }
      this.#size -= this.#sizeOf(item)
      this.#wakeWriter?.()
      yield item
    }
  }
}
