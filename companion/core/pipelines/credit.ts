import type { Writable } from 'node:stream'

/**
 * Bytes that may wait on their way into one process. Enough that neither side waits for the other at every frame (a
 * third of the throughput), little enough that a pipeline of many nodes stays small.
 */
export const CREDIT = 1 << 20

/** Writes into a stream as long as the bytes on their way are within the credit. */
export class CreditWriter {
  readonly #stream: Writable
  readonly #moved: () => void
  #inFlight = 0
  #wake: (() => void) | undefined

  /** @param moved told whenever the far side has taken bytes */
  constructor(stream: Writable, moved: () => void) {
    this.#stream = stream
    this.#moved = moved
    // Whoever waits must not wait for a reader that has gone.
    stream.once('close', () => this.#wake?.())
  }

  /** Whether bytes wait for the far side to take them. */
  get isWaiting(): boolean {
    return this.#inFlight > 0
  }

  /** Takes the pieces at once, and waits for credit afterwards. They must not be changed any more. */
  async write(...pieces: readonly Uint8Array[]): Promise<void> {
    const stream = this.#stream
    if (!stream.writable) return
    const size = pieces.reduce((sum, { length }) => sum + length, 0)
    this.#inFlight += size
    stream.cork()
    for (const [at, piece] of pieces.entries()) {
      if (at < pieces.length - 1) stream.write(piece)
      else stream.write(piece, () => this.#taken(size))
    }
    stream.uncork()
    while (this.#inFlight > CREDIT && stream.writable) {
      await new Promise<void>(resolve => (this.#wake = resolve))
    }
  }

  #taken(size: number): void {
    this.#inFlight -= size
    this.#moved()
    if (this.#inFlight <= CREDIT) this.#wake?.()
  }
}
