import type { Clock } from '#dialogue/types.ts'
import type { SupervisionRules } from '../types.ts'
import { Restarts } from './restarts.ts'

/** A start anew that is to come. */
export interface Pause {
  /** Settles with the start. */
  readonly restarted: PromiseWithResolvers<void>
  /** Whether it had worked: then it is worth waiting for. */
  readonly hadWorked: boolean
}

/** Brings a plugin back that failed, after a while, and not too often. */
export class Revival {
  readonly #clock: Clock
  readonly #restarts: Restarts
  readonly #start: () => Promise<void>
  #pause: Pause | undefined
  #endTimer = () => {}
  #count = 0
  #isQuarantined = false

  constructor(rules: SupervisionRules, clock: Clock, start: () => Promise<void>) {
    this.#restarts = new Restarts(rules)
    this.#clock = clock
    this.#start = start
  }

  /** Starts anew so far. */
  get count(): number {
    return this.#count
  }

  get isQuarantined(): boolean {
    return this.#isQuarantined
  }

  /** What is to come, while it waits for its time. */
  get pause(): Pause | undefined {
    return this.#pause
  }

  /** It is to come back in a while. @returns false when it is left alone instead */
  failed(hadWorked: boolean): boolean {
    const delay = this.#restarts.failed(this.#clock.now())
    if (delay === undefined) {
      this.#isQuarantined = true
      return false
    }
    const restarted = Promise.withResolvers<void>()
    // Mostly nobody waits for it.
    restarted.promise.catch(() => {})
    this.#pause = { restarted, hadWorked }
    this.#endTimer = this.#clock.after(delay, () => this.now(this.#start))
    return true
  }

  /** What was to come is done at once, if anything was. */
  now(start: () => Promise<void>): Promise<void> {
    const pause = this.#take()
    if (pause) this.#count += 1
    const started = start()
    pause?.restarted.resolve(started)
    return started
  }

  /** It is ready. */
  started(): void {
    this.#restarts.started()
    this.drop()
  }

  /** What was to come is not wanted any more. @param reason for whoever waits; without one he looks again */
  drop(reason?: Error): void {
    const pause = this.#take()
    if (reason) pause?.restarted.reject(reason)
    else pause?.restarted.resolve()
  }

  /** Out of quarantine, with what was forgotten. */
  release(): void {
    this.#isQuarantined = false
    this.#restarts.clear()
  }

  #take(): Pause | undefined {
    const pause = this.#pause
    this.#pause = undefined
    this.#endTimer()
    return pause
  }
}
