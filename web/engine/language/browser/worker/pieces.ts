/** Hands pieces from a callback to a loop. */
export class PieceQueue {
  readonly #pieces: string[] = []
  #isOver = false
  #failure: unknown
  #wake: () => void = () => {}

  push(piece: string): void {
    if (piece !== '') this.#pieces.push(piece)
    this.#wake()
  }

  /** Nothing follows. @param failure what the loop fails with after the pieces that came */
  end(failure?: unknown): void {
    this.#isOver = true
    this.#failure = failure
    this.#wake()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string, void> {
    for (;;) {
      yield* this.#pieces.splice(0)
      if (this.#pieces.length > 0) continue
      if (this.#failure !== undefined) throw this.#failure
      if (this.#isOver) return
      await new Promise<void>(resolve => (this.#wake = resolve))
    }
  }
}
