import type { Clock } from '#dialogue/types.ts'
import type { ContractEvent, ContractInfo } from '#protocol/contracts.ts'

/** Milliseconds in which changes of one plugin are told as one: a busy one changes with each call. */
const GATHERED = 100

/** Whoever wants to know what becomes of plugins. */
export class ContractEvents {
  readonly #clock: Clock
  readonly #infoOf: (name: string) => ContractInfo | undefined
  readonly #listeners = new Set<(event: ContractEvent) => void>()
  readonly #changed = new Set<string>()
  #end: (() => void) | undefined

  constructor(clock: Clock, infoOf: (name: string) => ContractInfo | undefined) {
    this.#clock = clock
    this.#infoOf = infoOf
  }

  /** @returns an end to it */
  add(listener: (event: ContractEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Told in a moment, as it is then. */
  changed(name: string): void {
    if (this.#listeners.size === 0) return
    this.#changed.add(name)
    this.#end ??= this.#clock.after(GATHERED, () => {
      this.#end = undefined
      const names = [...this.#changed]
      this.#changed.clear()
      for (const name of names) {
        const info = this.#infoOf(name)
        if (info) this.tell({ kind: 'info', info })
      }
    })
  }

  tell(event: ContractEvent): void {
    for (const listener of this.#listeners) listener(event)
  }

  close(): void {
    this.#end?.()
    this.#listeners.clear()
  }
}
