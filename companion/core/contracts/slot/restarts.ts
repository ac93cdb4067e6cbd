import type { SupervisionRules } from '../types.ts'

type Rules = Pick<SupervisionRules, 'backoff' | 'quarantineAfter' | 'quarantineWindow'>

/** When a plugin that failed is started anew: later each time, and not at all once it failed too often. */
export class Restarts {
  readonly #rules: Rules
  /** Times of the restarts that lie within the window. */
  #times: number[] = []
  #inRow = 0

  constructor(rules: Rules) {
    this.#rules = rules
  }

  /**
   * It failed.
   * @param now milliseconds
   * @returns milliseconds until it is to be started anew; undefined when it is to be left alone
   */
  failed(now: number): number | undefined {
    const { backoff, quarantineAfter, quarantineWindow } = this.#rules
    this.#times = this.#times.filter(time => now - time < quarantineWindow)
    if (this.#times.length >= quarantineAfter) return undefined
    this.#times.push(now)
    const [first, longest] = backoff
    return Math.min(longest, first * 2 ** this.#inRow++)
  }

  /** It is ready: the next wait is the shortest again. */
  started(): void {
    this.#inRow = 0
  }

  /** What was is forgotten. */
  clear(): void {
    this.#times = []
    this.#inRow = 0
  }
}
