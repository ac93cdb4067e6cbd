import type { Clock, Heard } from '#dialogue/types.ts'
import type { SegmentId } from '#protocol/pcm.ts'

/** Milliseconds for which a report of the player counts; after that its clock is taken to go on by itself. */
export const REPORT_LASTS = 1_000

interface Stretch {
  readonly segment: SegmentId
  /** Where it lies in its segment, and in the playback. Seconds. */
  readonly at: number
  readonly from: number
  readonly to: number
}

/**
 * How much of a playback its listener has heard. By the clock: from the first sample on, as long as there is something to
 * play. By the player's own reports where there are any.
 */
export class Playhead {
  readonly #clock: Clock
  #stretches: Stretch[] = []
  #sent = 0
  #played = 0
  #looked = 0
  #reported = -Infinity

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Seconds that were sent and not heard yet. */
  get ahead(): number {
    return this.#sent - this.#now()
  }

  /** Where the listener is; undefined before the first sample. */
  get place(): Heard | undefined {
    const played = this.#now()
    const stretch = this.#stretches.findLast(({ from }) => from < played)
    return stretch && { segment: stretch.segment, at: stretch.at + Math.min(played, stretch.to) - stretch.from }
  }

  /** The segment that was sent last, and where in it the next sample lies. */
  get end(): Heard | undefined {
    const last = this.#stretches.at(-1)
    return last && { segment: last.segment, at: last.at + last.to - last.from }
  }

  /** So many seconds of a segment, from `at` on, are on their way. */
  send(segment: SegmentId, at: number, seconds: number): void {
    this.#now()
    const last = this.#stretches.at(-1)
    const from = this.#sent
    this.#sent += seconds
    if (last?.segment === segment && Math.abs(last.at + last.to - last.from - at) < 1e-6) {
      this.#stretches[this.#stretches.length - 1] = { ...last, to: this.#sent }
    } else this.#stretches.push({ segment, at, from, to: this.#sent })
  }

  /** The player says that it has played so many seconds. */
  report(seconds: number): void {
    this.#now()
    // It can't have played what it has not got, nor take back what was heard.
    if (this.#reported === -Infinity) this.#played = Math.min(seconds, this.#sent)
    else this.#played = Math.max(this.#played, Math.min(seconds, this.#sent))
    this.#reported = this.#clock.now()
  }

  /** Another playback begins. */
  reset(): void {
    this.#stretches = []
    this.#sent = 0
    this.#played = 0
    this.#reported = -Infinity
    this.#looked = this.#clock.now()
  }

  /** Milliseconds until `ahead` is `seconds`, if nothing is reported meanwhile. */
  until(seconds: number): number {
    const wait = (this.ahead - seconds) * 1000
    const silence = Math.max(0, this.#reported + REPORT_LASTS - this.#clock.now())
    return wait <= 0 ? 0 : wait + silence
  }

  #now(): number {
    const now = this.#clock.now()
    const from = Math.max(this.#looked, this.#reported + REPORT_LASTS)
    if (now > from) this.#played = Math.min(this.#sent, this.#played + (now - from) / 1000)
    this.#looked = now
    return this.#played
  }
}
