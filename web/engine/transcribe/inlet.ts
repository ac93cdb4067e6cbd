/** Where items are pushed in at one end and read at the other, no faster than they are taken. */
export class Inlet<Item> implements AsyncIterable<Item> {
  readonly #items: { readonly item: Item; readonly taken: () => void }[] = []
  #ended = false
  #wake: (() => void) | undefined

  /** @returns when the reader has taken it, or is gone */
  push(item: Item): Promise<void> {
    if (this.#ended) return Promise.resolve()
    return new Promise(taken => {
      this.#items.push({ item, taken })
      this.#wake?.()
    })
  }

  /** Nothing more comes. What is here is still read. */
  end(): void {
    this.#ended = true
    this.#wake?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    try {
      for (;;) {
        for (let next = this.#items.shift(); next; next = this.#items.shift()) {
          next.taken()
          yield next.item
        }
        if (this.#ended) return
        await new Promise<void>(resolve => (this.#wake = resolve))
      }
    } finally {
      this.leave()
    }
  }

  /** The reader is gone: nobody waits for it any longer. */
  leave(): void {
    this.#ended = true
    for (const { taken } of this.#items.splice(0)) taken()
    this.#wake?.()
  }
}
