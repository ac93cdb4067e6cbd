import { toSeamError } from '#protocol/errors.ts'
import { isUsable, type FoundPlugin } from '../plugins/discovery.ts'
import { CASES } from './cases.ts'
import type { Case, Finding } from './finding.ts'
import { STREAM_CASES } from './stream-cases.ts'
import { prepareSubject, type Subject } from './subject.ts'
import { TIMED_CASES } from './timed-cases.ts'
import { WAITING_CASES } from './waiting-cases.ts'

export interface CaseResult extends Finding {
  readonly id: string
  readonly title: string
  readonly paragraph: string
  /** What the paragraph is of. */
  readonly document: string
  /** Seconds. */
  readonly took: number
}

export interface TrialOptions {
  /** Folder of the weights. */
  readonly models: string
  readonly signal: AbortSignal | undefined
  /** A rule has its result. */
  readonly onFound: () => void
}

const DOCUMENT = 'docs/plugin-protocol.md'

/** One plugin before the rules of docs/plugin-protocol.md. */
export class Trial {
  readonly plugin: FoundPlugin
  readonly #options: TrialOptions
  /** By their places in CASES. */
  readonly #found: CaseResult[] = []
  #expected = CASES.length
  #told = 0
  #subject: Subject | undefined

  constructor(plugin: FoundPlugin, options: TrialOptions) {
    this.plugin = plugin
    this.#options = options
  }

  get results(): readonly CaseResult[] {
    return this.#found
  }

  /** Hands out results that were not told yet, as far as there is no gap. @returns whether all were told by now */
  tell(take: (result: CaseResult) => void): boolean {
    for (let next; (next = this.#found[this.#told]); this.#told++) take(next)
    return this.#told === this.#expected
  }

  /** The rules that other runs may go on beside. @param together those that wait, beside those that work */
  async runInCompany(together: boolean): Promise<void> {
    const { models, signal } = this.#options
    signal?.throwIfAborted()
    if (!isUsable(this.plugin)) {
      const message = this.plugin.problem ?? ''
      return this.#giveUp({ id: 'manifest', title: 'has a manifest in order', paragraph: '7', message })
    }
    try {
      this.#subject = await prepareSubject(this.plugin, models, signal)
    } catch (error) {
      const { message } = toSeamError(error)
      return this.#giveUp({ id: 'prepare', title: 'can be tried', paragraph: '12', message })
    }
    const waiting = WAITING_CASES.map(each => [each])
    const rows = together ? [STREAM_CASES, ...waiting] : [[...STREAM_CASES, ...WAITING_CASES]]
    await allEnded(rows.map(row => this.#run(row)))
  }

  /** The rules that a clock decides. */
  runAlone(): Promise<void> {
    return this.#run(TIMED_CASES)
  }

  async #run(cases: readonly Case[]): Promise<void> {
    const subject = this.#subject
    if (!subject) return
    for (const each of cases) {
      const { id, title, paragraph, run } = each
      this.#options.signal?.throwIfAborted()
      const begun = performance.now()
      const finding = await run(subject).catch((error: unknown): Finding => {
        return { verdict: 'failed', message: toSeamError(error).message }
      })
      const took = (performance.now() - begun) / 1000
      this.#found[CASES.indexOf(each)] = { id, title, paragraph, document: DOCUMENT, ...finding, took }
      this.#options.onFound()
    }
  }

  #giveUp(result: Omit<CaseResult, 'verdict' | 'took' | 'document'>): void {
    this.#expected = 1
    this.#found[0] = { ...result, document: DOCUMENT, verdict: 'failed', took: 0 }
    this.#options.onFound()
  }
}

/** When one fails, the others come to their end before that is thrown: nothing goes on behind the caller's back. */
export async function allEnded(work: readonly Promise<void>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(work)) if (outcome.status === 'rejected') throw outcome.reason
}
