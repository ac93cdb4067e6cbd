import type { Clock } from '#dialogue/types.ts'
import type { ContractOffers } from '#protocol/contracts.ts'
import { toSeamError } from '#protocol/errors.ts'
import type { ContractLogs } from './logs.ts'
import { askOffers, type Known, type OfferCache } from './offers.ts'
import type { Slot } from './types.ts'

/** Milliseconds until a plugin that could not say what it brings is asked once more; each time twice as long. */
const FIRST_WAIT = 10_000

export interface AcquaintanceParts {
  readonly name: string
  readonly cache: OfferCache
  readonly logs: ContractLogs
  readonly clock: Clock
  changed(): void
}

/** What a plugin brings into the rooms, as it said when it was started last. */
export class Acquaintance {
  readonly #parts: AcquaintanceParts
  #known: Known | undefined
  /** The process that is known to be of a revision, and the one that was asked. */
  #runs: { readonly pid: number; readonly of: string } | undefined
  #asked: number | undefined
  #asking: Promise<void> | undefined
  /** When it is asked once more, since it had no answer: the server behind it may be there by then. */
  #again: { readonly at: number; readonly wait: number } | undefined
  /** The revision that was started last, whether it came to run or not. */
  #launched = ''

  constructor(parts: AcquaintanceParts) {
    this.#parts = parts
  }

  get offers(): ContractOffers {
    return this.#known?.offers ?? {}
  }

  get methods(): Known['methods'] | undefined {
    return this.#known?.methods
  }

  /** Whether it is known what this revision brings. */
  knows(revision: string): boolean {
    return this.#known?.of === revision
  }

  /** What an earlier companion was told holds for the same revision; until another is asked, so does what is known. */
  recall(revision: string): void {
    this.#known = this.#parts.cache.read(this.#parts.name, revision) ?? this.#known
  }

  /** Whether it is time to ask a plugin that could not say. */
  get isDue(): boolean {
    return this.#again !== undefined && this.#parts.clock.now() >= this.#again.at
  }

  /** It has the process `pid`, which may have been asked already. */
  wasAsked(pid: number | undefined): boolean {
    return pid !== undefined && pid === this.#asked
  }

  /** A process of `revision` is about to be started, beside `pid` where that runs. */
  launching(revision: string, pid: number | undefined): void {
    // What comes next may fail: then this one goes on, and is what it was.
    this.#note(pid)
    this.#launched = revision
  }

  /** Whether the process `pid` is of another revision. */
  isOlder(pid: number | undefined, revision: string): boolean {
    this.#note(pid)
    return pid !== undefined && this.#runs?.of !== revision
  }

  askAnew(slot: Slot, contract: string): Promise<void> {
    this.#asked = undefined
    return this.ask(slot, contract)
  }

  /** One process is asked once; whoever comes meanwhile waits for the same answer. Never rejects. */
  async ask(slot: Slot, contract: string): Promise<void> {
    const { pid } = slot.state
    if (pid === undefined) return
    if (pid === this.#asked) return this.#asking
    this.#asked = pid
    // Not while it is asked: that may take long.
    if (this.#again) this.#again = { ...this.#again, at: Infinity }
    this.#note(pid)
    const { of } = this.#runs!
    this.#asking = this.#answer(slot, contract).then(offers => this.#learn(of, slot, offers))
    return this.#asking
  }

  /** Until nobody is asked any more. */
  async settle(): Promise<void> {
    await this.#asking
  }

  #note(pid: number | undefined): void {
    if (pid !== undefined && pid !== this.#runs?.pid) this.#runs = { pid, of: this.#launched }
  }

  async #answer(slot: Slot, contract: string): Promise<ContractOffers | undefined> {
    try {
      return await askOffers(slot, contract)
    } catch (error) {
      const { logs, name } = this.#parts
      logs.happened(name, 'did not say what it offers', toSeamError(error).message)
      return undefined
    }
  }

  #learn(of: string, { state }: Slot, offers: ContractOffers | undefined): void {
    const { name, cache, clock, changed } = this.#parts
    const { wait } = this.#again ?? { wait: FIRST_WAIT }
    this.#again = offers ? undefined : { at: clock.now() + wait, wait: wait * 2 }
    // Without an answer what was known of it holds.
    this.#known = { of, methods: state.methods, offers: offers ?? this.offers }
    if (offers) cache.write(name, this.#known)
    changed()
  }
}
