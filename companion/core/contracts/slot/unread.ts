import type { Readable } from 'node:stream'
import type { Clock } from '#dialogue/types.ts'
import { MOST_UNREAD } from '../wire/limits.ts'

/** Milliseconds that a plugin's output may be left in its pipe while nobody takes anything of what was read. */
export const STALLED_AFTER = 60_000

/** Bytes that were read and not taken yet. While they are too many, the plugin's output is left in its pipe. */
export class Unread {
  readonly #stream: Readable
  readonly #clock: Clock
  readonly #stalled: () => void
  #end = () => {}
  #bytes = 0
  #isHeld = false
  #isOver = false
  /** When something was taken last, or began to be waited for. */
  #takenAt = 0
  /** Since when it is read again, on the clock. */
  freeSince = -Infinity

  /** @param stalled what was read was not taken for too long, and others wait for it: something has to be dropped */
  constructor(stream: Readable, clock: Clock, stalled: () => void) {
    this.#stream = stream
    this.#clock = clock
    this.#stalled = stalled
  }

  get isHeld(): boolean {
    return this.#isHeld
  }

  add(bytes: number): void {
    this.#bytes += bytes
    if (this.#isHeld || this.#isOver || this.#bytes <= MOST_UNREAD) return
    this.#isHeld = true
    this.#stream.pause()
    this.#takenAt = this.#clock.now()
    this.#watch(STALLED_AFTER)
  }

  take(bytes: number): void {
    this.#bytes -= bytes
    if (bytes > 0) this.#takenAt = this.#clock.now()
    // With some way down, so that a slow reader does not stop and start it at each item.
    if (this.#isHeld && this.#bytes <= MOST_UNREAD / 2) this.#release()
  }

  /** All is read, whatever was not taken: the little that a plugin which is gone has left in its pipe. */
  finish(): void {
    this.#isOver = true
    this.#release()
  }

  #release(): void {
    if (!this.#isHeld) return
    this.#isHeld = false
    this.#end()
    this.freeSince = this.#clock.now()
    this.#stream.resume()
  }

  #watch(milliseconds: number): void {
    this.#end = this.#clock.after(milliseconds, () => {
      // One that takes slowly is waited for.
      const left = this.#takenAt + STALLED_AFTER - this.#clock.now()
      if (left <= 0) this.#stalled()
      if (this.#isHeld) this.#watch(left > 0 ? left : STALLED_AFTER)
    })
  }
}

/** A limit to a wait for a plugin, which `sign` begins anew. */
export interface Deadline {
  sign(): void
  end(): void
}

/** Calls `late` after `milliseconds` without a sign. Time in which we ourselves did not read does not count. */
export function deadline(clock: Clock, unread: Unread, milliseconds: number, late: () => void): Deadline {
  let since = clock.now()
  const look = () => {
    const from = Math.max(since, unread.freeSince)
    const left = unread.isHeld ? milliseconds : from + milliseconds - clock.now()
    if (left > 0) end = clock.after(left, look)
    else late()
  }
  let end = clock.after(milliseconds, look)
  return {
    sign: () => {
      since = clock.now()
    },
    end: () => end(),
  }
}
