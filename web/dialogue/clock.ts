import type { Clock } from './types.ts'

export const systemClock: Clock = {
  now: () => performance.now(),
  after(milliseconds, callback) {
    const timer = setTimeout(callback, milliseconds)
    return () => clearTimeout(timer)
  },
}

/** What was begun ends when its place is taken, or when it is stopped. */
export class Timer {
  readonly #clock: Clock
  #end: (() => void) | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get running(): boolean {
    return this.#end !== undefined
  }

  /** Calls back once, after `milliseconds`, unless it is started again or stopped before. */
  start(milliseconds: number, callback: () => void): void {
    this.stop()
    this.#end = this.#clock.after(Math.max(0, milliseconds), () => {
      this.#end = undefined
      callback()
    })
  }

  stop(): void {
    this.#end?.()
    this.#end = undefined
  }
}
