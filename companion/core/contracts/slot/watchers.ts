import type { Clock } from '#dialogue/types.ts'

/** Milliseconds between two notices: a plugin that is called a thousand times a second is not told of each time. */
const NOTICE_EVERY = 50

/** Who wants to know that something is different. */
export class Watchers {
  readonly #clock: Clock
  readonly #listeners = new Set<() => void>()
  #end: (() => void) | undefined
  #isDue = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  add(listener: () => void): () => void {
    // A listener that is added twice is told twice, and ended by itself.
    const own = () => listener()
    this.#listeners.add(own)
    return () => this.#listeners.delete(own)
  }

  /** At once, unless that was only just; then a little later, once. */
  tell(): void {
    if (this.#end) {
      this.#isDue = true
      return
    }
    this.#isDue = false
    this.#end = this.#clock.after(NOTICE_EVERY, () => {
      this.#end = undefined
      if (this.#isDue) this.tell()
    })
    for (const listener of this.#listeners) listener()
  }

  /** Tells the last time. */
  close(): void {
    this.#end?.()
    for (const listener of this.#listeners) listener()
    this.#listeners.clear()
  }
}
