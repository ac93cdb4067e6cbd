/** Sound on its way from the one who makes it to the one who writes it. One sentence, and so bounded. */
export class SoundQueue {
  readonly #pieces: Float32Array[] = []
  #over = false
  #error: Error | undefined
  #wake: () => void = () => undefined

  push(samples: Float32Array): void {
    this.#pieces.push(samples)
    this.#wake()
  }

  end(): void {
    this.#over = true
    this.#wake()
  }

  /** The pieces so far are given before it is thrown. */
  fail(error: Error): void {
    if (this.#over) return
    this.#error = error
    this.end()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Float32Array> {
    for (;;) {
      const piece = this.#pieces.shift()
      if (piece) yield piece
      else if (this.#error) throw this.#error
      else if (this.#over) return
      else await new Promise<void>(resolve => (this.#wake = resolve))
    }
  }
}
