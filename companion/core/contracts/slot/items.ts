import type { WireValue } from '#protocol/contracts.ts'
import { Flow } from '../../process/flow.ts'
import type { Unread } from './unread.ts'

/** Items of one stream on their way to its reader. */
export class Items {
  readonly #flow = new Flow<{ readonly value: WireValue; readonly size: number }>()
  readonly #unread: Unread
  #waiting = 0
  #isLeft = false

  constructor(unread: Unread) {
    this.#unread = unread
  }

  /** Bytes that were not taken yet. */
  get waiting(): number {
    return this.#waiting
  }

  push(value: WireValue, size: number): void {
    if (this.#isLeft) return
    this.#waiting += size
    this.#unread.add(size)
    this.#flow.push({ value, size })
  }

  end(): void {
    this.#flow.end()
  }

  /** The items so far are given before it is thrown. */
  fail(error: Error): void {
    this.#flow.fail(error)
  }

  async *read(): AsyncGenerator<WireValue, void> {
    try {
      for await (const { value, size } of this.#flow) {
        this.#taken(size)
        yield value
      }
    } finally {
      this.leave()
    }
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
