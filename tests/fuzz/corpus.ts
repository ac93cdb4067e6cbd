import type { Random } from './mutate.ts'

/** Branches of all instrumented files together. */
const MAX_BRANCHES = 1 << 14

interface Entry {
  readonly data: Uint8Array
  /** Milliseconds of one execution. */
  readonly cost: number
  uses: number
}

/** The inputs that each did something new, and what was done so far. */
export class Corpus {
  /** Where instrumented code counts. */
  readonly counters = new Uint32Array(MAX_BRANCHES)
  /** How often each branch was taken, as powers of two: one bit each. */
  readonly #seen = new Uint8Array(MAX_BRANCHES)
  readonly #entries: Entry[] = []
  /** Branches that there are. */
  total = 0

  get size(): number {
    return this.#entries.length
  }

  get branches(): number {
    return this.#seen.subarray(0, this.total).reduce((sum, bits) => sum + (bits === 0 ? 0 : 1), 0)
  }

  /** Before an execution. */
  begin(): void {
    this.counters.fill(0, 0, this.total)
  }

  /** Looks at what the last execution did. Keeps its input when that is new. @param cost milliseconds */
  take(data: Uint8Array, cost: number): void {
    let isNew = false
    for (let at = 0; at < this.total; at++) {
      const times = this.counters[at]!
      if (times === 0) continue
      const bit = 1 << Math.min(7, 31 - Math.clz32(times))
      if ((this.#seen[at]! & bit) !== 0) continue
      this.#seen[at]! |= bit
      isNew = true
    }
    if (isNew) this.#entries.push({ data: Uint8Array.from(data), cost: Math.max(cost, 0.01), uses: 0 })
  }

  /** An input to go on from: rather one that is quick and was seldom used. */
  pick(random: Random): Uint8Array {
    const [first, ...others] = Array.from({ length: 3 }, () => random.of(this.#entries))
    let best = first!
    for (const entry of others) if ((entry.uses + 1) * entry.cost < (best.uses + 1) * best.cost) best = entry
    best.uses++
    return best.data
  }
}
