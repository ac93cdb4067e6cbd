import type { Progress } from '#protocol/run.ts'

/** Milliseconds between two samples; closer ones would measure jitter. */
const SAMPLE_EVERY = 250
/** How much a new sample weighs against the past. */
const WEIGHT = 0.2

/** Tells how long work still takes from how fast it went lately. */
export interface Estimate {
  /** @param now milliseconds, any steady clock */
  note(progress: Progress, now: number): void
  /** Seconds, or undefined while nothing can be said. */
  readonly secondsLeft: number | undefined
}

export function createEstimate(): Estimate {
  let last: { done: number; total: number; at: number } | undefined
  let speed: number | undefined
  let left: number | undefined

  return {
    note({ done, total }, now) {
      if (total === undefined || total <= 0) {
        last = speed = left = undefined
        return
      }
      // Another total, or a step back, is another piece of work.
      if (!last || last.total !== total || done < last.done) {
        last = { done, total, at: now }
        speed = left = undefined
        return
      }
      const waited = now - last.at
      if (waited < SAMPLE_EVERY && done < total) return
      if (waited > 0) {
        const sample = ((done - last.done) / waited) * 1000
        speed = speed === undefined ? sample : speed + WEIGHT * (sample - speed)
        last = { done, total, at: now }
      }
      left = speed && speed > 0 ? (total - done) / speed : undefined
    },
    get secondsLeft() {
      return left
    },
  }
}
