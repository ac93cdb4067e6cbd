import type { Clock } from '../types.ts'

/** Steps that promises may take to follow from one event. */
const STEPS = 250

/** Lets everything happen that follows without time passing. */
export async function settle(): Promise<void> {
  for (let step = 0; step < STEPS; step++) await Promise.resolve()
}

/** Time that passes when it is told to. */
export class HandClock implements Clock {
  #now = 0
  #order = 0
  readonly #timers = new Map<number, { readonly at: number; readonly callback: () => void }>()

  now(): number {
    return this.#now
  }

  after(milliseconds: number, callback: () => void): () => void {
    const id = this.#order++
    this.#timers.set(id, { at: this.#now + milliseconds, callback })
    return () => this.#timers.delete(id)
  }

  /** Resolves after `milliseconds`, or when `signal` is aborted. */
  wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      this.after(milliseconds, resolve)
      signal?.addEventListener('abort', () => resolve(), { once: true })
    })
  }

  async pass(milliseconds: number): Promise<void> {
    const until = this.#now + milliseconds
    await settle()
    for (let next = this.#due(until); next; next = this.#due(until)) {
      const [id, { at, callback }] = next
      this.#timers.delete(id)
      this.#now = Math.max(this.#now, at)
      callback()
      await settle()
    }
    this.#now = Math.max(this.#now, until)
  }

  #due(until: number): [number, { at: number; callback: () => void }] | undefined {
    let first: [number, { at: number; callback: () => void }] | undefined
    for (const entry of this.#timers) if (entry[1].at <= until && (!first || entry[1].at < first[1].at)) first = entry
    return first
  }
}
