import type { Clock } from '#dialogue/types.ts'
import { unless } from './waiting.ts'

/** Where calls come in: counted, held up while it is shut, and few enough at one time. */
export class Entrance {
  readonly #most: number
  #active = 0
  #shut = false
  #changed = Promise.withResolvers<void>()

  /** @param most calls at one time */
  constructor(most: number) {
    this.#most = most
  }

  /** Calls under way. */
  get active(): number {
    return this.#active
  }

  /** Whether a call may go on now. One that calls under way wait for passes when it is shut, too. */
  isOpen(isAwaited: boolean): boolean {
    return this.#active < this.#most && (isAwaited || !this.#shut)
  }

  /** @returns to be called once it is over */
  begin(): () => void {
    this.#active += 1
    let isOver = false
    return () => {
      if (isOver) return
      isOver = true
      this.#active -= 1
      this.#change()
    }
  }

  shut(): void {
    this.#shut = true
  }

  open(): void {
    this.#shut = false
    this.#change()
  }

  /** Until a call ended or it was opened. @throws SeamError cancelled */
  changed(signal?: AbortSignal): Promise<void> {
    return unless(this.#changed.promise, signal)
  }

  /**
   * Waits until `isDrained`, looking again whenever a call ends.
   * @returns whether it came to that in time, and before `signal`
   */
  async drained(clock: Clock, milliseconds: number, isDrained: () => boolean, signal?: AbortSignal): Promise<boolean> {
    const late = new AbortController()
    const end = clock.after(milliseconds, () => late.abort())
    const stop = signal ? AbortSignal.any([late.signal, signal]) : late.signal
    try {
      while (!isDrained() && !stop.aborted) await this.changed(stop).catch(() => {})
      return isDrained()
    } finally {
      end()
    }
  }

  #change(): void {
    const { resolve } = this.#changed
    this.#changed = Promise.withResolvers()
    resolve()
  }
}
