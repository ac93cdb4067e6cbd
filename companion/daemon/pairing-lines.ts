import type { EventEmitter } from 'node:events'
import type { Duplex } from 'node:stream'

/** Open connections of pages that other servers sent: a pairing that is revoked ends them, too. */
export class PairingLines {
  readonly #lines = new Map<string, Set<Duplex>>()

  /** @param work what the connection is the page's for: it may be another's after that closed */
  hold(origin: string, line: Duplex, work: EventEmitter): void {
    const lines = this.#lines.get(origin) ?? new Set()
    this.#lines.set(origin, lines.add(line))
    work.once('close', () => {
      lines.delete(line)
      if (lines.size === 0 && this.#lines.get(origin) === lines) this.#lines.delete(origin)
    })
  }

  cut(origin: string): void {
    for (const line of [...(this.#lines.get(origin) ?? [])]) line.destroy()
  }
}
