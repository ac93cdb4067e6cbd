import type { Readable } from 'node:stream'
import type { Clock } from '#dialogue/types.ts'
import { MOST_UNREAD } from '../wire/limits.ts'

/** Milliseconds that a plugin's output may be left in its pipe, for whoever does not take what was read. */
export const STALLED_AFTER = 60_000

/** Bytes that were read and not taken yet. While they are too many, the plugin's output is left in its pipe. */
export class Unread {
  readonly #stream: Readable
  readonly #clock: Clock
  readonly #stalled: () => void
  #end = () => {}
  #bytes = 0
  #isHeld = false
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
    if (this.#isHeld || this.#bytes <= MOST_UNREAD) return
    this.#isHeld = true
    this.#stream.pause()
    this.#watch()
  }

  take(bytes: number): void {
    this.#bytes -= bytes
    // With some way down, so that a slow reader does not stop and start it at each item.
    if (this.#isHeld && this.#bytes <= MOST_UNREAD / 2) this.release()
  }

  /** It is read again, whatever was not taken: for the little that a plugin which is gone has left in its pipe. */
  release(): void {
    if (!this.#isHeld) return
    this.#isHeld = false
    this.#end()
    this.freeSince = this.#clock.now()
    this.#stream.resume()
  }

  #watch(): void {
    this.#end = this.#clock.after(STALLED_AFTER, () => {
      this.#stalled()
      if (this.#isHeld) this.#watch()
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
