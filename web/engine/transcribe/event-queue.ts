/** Hands items from one who makes them to one who reads them, in order. */
export class EventQueue<Item> {
  readonly #items: Item[] = []
  #over: { readonly error?: unknown } | undefined
  #wakeReader: (() => void) | undefined
  #wakeWriters: (() => void)[] = []

  get length(): number {
    return this.#items.length
  }

  push(item: Item): void {
    if (this.#over) return
    this.#items.push(item)
    this.#wakeReader?.()
  }

  /** Puts `item` in the place of the last one when nobody has read that and `replaces` says so. */
  replace(item: Item, replaces: (last: Item) => boolean): void {
    const last = this.#items.at(-1)
    if (last !== undefined && replaces(last)) this.#items.pop()
    this.push(item)
  }

  /** Nothing more comes. What is here is still read. */
  end(): void {
    this.#finish({})
  }

  /** The reader gets `error` after what is here. */
  fail(error: unknown): void {
    this.#finish({ error })
  }

  /** Waits until at most `most` items are unread, or the reader is gone. */
  async room(most: number): Promise<void> {
    while (this.#items.length > most && !this.#over) {
      await new Promise<void>(resolve => this.#wakeWriters.push(resolve))
    }
  }

  async *read(): AsyncGenerator<Item, void, undefined> {
    try {
      for (;;) {
        while (this.#items.length > 0) {
          const item = this.#items.shift()!
          this.#wake()
          yield item
        }
        if (this.#over) break
        await new Promise<void>(resolve => (this.#wakeReader = resolve))
      }
      if ('error' in this.#over) throw this.#over.error
    } finally {
      this.#items.length = 0
      this.end()
    }
  }

  #finish(over: { readonly error?: unknown }): void {
    this.#over ??= over
    this.#wakeReader?.()
    this.#wake()
  }

  #wake(): void {
    for (const wake of this.#wakeWriters.splice(0)) wake()
  }
}
