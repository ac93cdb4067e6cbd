/** Items on their way from the one who makes them to the one who reads them. Read once. */
export class Flow<Item> implements AsyncIterable<Item> {
  readonly #items: Item[] = []
  #over = false
  #left = false
  #error: Error | undefined
  #wake: () => void = () => undefined
  #roomMade: () => void = () => undefined

  push(item: Item): void {
    if (this.#over || this.#left) return
    this.#items.push(item)
    this.#wake()
  }

  end(): void {
    this.#over = true
    this.#wake()
  }

  /** The items so far are given before it is thrown. */
  fail(error: Error): void {
    if (this.#over) return
    this.#error = error
    this.end()
  }

  /** Until at most `most` items wait, or the reader has left. For one writer. */
  async room(most: number): Promise<void> {
    while (this.#items.length > most && !this.#left) await new Promise<void>(resolve => (this.#roomMade = resolve))
  }

  /** Nobody will read: what waits is dropped, and whoever waits for room goes on. */
  leave(): void {
    this.#left = true
    this.#items.length = 0
    this.#roomMade()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item> {
    try {
      for (;;) {
        if (this.#items.length > 0) {
          const item = this.#items.shift()!
          this.#roomMade()
          yield item
        } else if (this.#error) throw this.#error
        else if (this.#over) return
        else await new Promise<void>(resolve => (this.#wake = resolve))
      }
    } finally {
      this.leave()
    }
  }
}
