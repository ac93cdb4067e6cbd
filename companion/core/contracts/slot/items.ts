import type { WireValue } from '#protocol/contracts.ts'
import { Flow } from '../../process/flow.ts'
import type { Unread } from './unread.ts'

/** Items of one stream on their way to its reader. */
export class Items {
  readonly #flow = new Flow<{ readonly value: WireValue; readonly size: number }>()
  readonly #unread: Unread
  #waiting = 0
  #isLeft = false
  #isOver = false
  #dropped: Error | undefined

  constructor(unread: Unread) {
    this.#unread = unread
  }

  /** Bytes that were not taken yet. */
  get waiting(): number {
    return this.#waiting
  }

  push(value: WireValue, size: number): void {
    if (this.#isLeft || this.#isOver) return
    this.#waiting += size
    this.#unread.add(size)
    this.#flow.push({ value, size })
  }

  end(): void {
    this.#flow.end()
  }

  /** The items so far are given before it is thrown. */
  fail(error: Error): void {
    this.#isOver = true
    this.#flow.fail(error)
  }

  async *read(): AsyncGenerator<WireValue, void> {
    try {
      for await (const { value, size } of this.#flow) {
        this.#taken(size)
        yield value
      }
      if (this.#dropped) throw this.#dropped
    } finally {
      this.leave()
    }
  }

  /** What waits is dropped, and whoever reads on after all is told so, also where the stream had its end already. */
  drop(error: Error): void {
    this.#dropped = error
    this.leave()
  }

  /** Nobody reads on: what comes is dropped. */
  leave(): void {
    this.#isLeft = true
    this.#flow.leave()
    this.#taken(this.#waiting)
  }

  #taken(size: number): void {
    this.#waiting -= size
    this.#unread.take(size)
  }
}
