import type { TurnStart } from '#protocol/dialogue.ts'
import type { Lang } from '#protocol/speech.ts'
import { Timer } from './clock.ts'
import { turnWait } from './turn.ts'
import type { Clock, ListenEvent } from './types.ts'
import type { Utterance } from './utterance.ts'

/** Milliseconds without a word after which something that sounded like speech is given up. */
export const WORDLESS = 10_000
/** Milliseconds of silence in which the last words must be known; after that they decide no longer when a turn ends. */
export const WORDS_LATE = 1_500
/** Times that the model is asked before a turn is over: each may cost the user money. */
export const MAX_SPECULATIONS = 3

export interface TurnTakerHooks {
  /** The words so far have changed. */
  caption(): void
  /** What was said may be all. */
  speculate(text: string): void
  /** It was not. */
  resume(): void
  /** The turn is over. */
  commit(): void
  /** Nothing was said after all. */
  nothing(): void
}

/** The user's turn: the utterances that make it up, and when it is over. */
export class TurnTaker {
  readonly by: TurnStart
  readonly #clock: Clock
  readonly #hooks: TurnTakerHooks
  readonly #rule: { readonly lang: Lang; readonly patience: number; readonly speculate: boolean }
  readonly #utterances: Utterance[] = []
  readonly #wait: Timer
  readonly #wordless: Timer
  #pinned = false
  #keyed = false
  #committed = false
  #closed = false
  #speculations = 0

  constructor(
    by: TurnStart,
    clock: Clock,
    rule: { readonly lang: Lang; readonly patience: number; readonly speculate: boolean },
    hooks: TurnTakerHooks,
  ) {
    this.by = by
    this.#clock = clock
    this.#rule = rule
    this.#hooks = hooks
    this.#wait = new Timer(clock)
    this.#wordless = new Timer(clock)
    this.#wordless.start(WORDLESS, () => {
      if (this.text === '' && !this.#pinned) this.#hooks.nothing()
    })
  }

  has(utterance: number): boolean {
    return this.#utterances.some(({ id }) => id === utterance)
  }

  get text(): string {
    return this.#utterances
      .map(({ text }) => text)
      .filter(text => text !== '')
      .join(' ')
  }

  /** UTF-16 units of `text` that stay as they are. */
  get stable(): number {
    const last = this.#utterances.at(-1)
    if (!last || last.settled) return this.text.length
    return Math.max(0, this.text.length - last.text.length + Math.min(last.caption?.stable ?? 0, last.text.length))
  }

  /** All that was said is known. */
  get settled(): boolean {
    return this.#utterances.length > 0 && this.#utterances.every(({ settled }) => settled)
  }

  /** What is known holds everything that was said so far. */
  get covered(): boolean {
    return this.#utterances.every(utterance => utterance.covered)
  }

  get first(): Utterance | undefined {
    return this.#utterances[0]
  }

  get last(): Utterance | undefined {
    return this.#utterances.at(-1)
  }

  /** Whether a key had a part in it: what was said until it went up must be asked for. */
  get keyed(): boolean {
    return this.#keyed
  }

  /** While a key is held, silence does not end the turn. */
  pin(pinned: boolean): void {
    this.#pinned = pinned
    this.#keyed ||= pinned
    if (pinned) this.#wait.stop()
  }

  /** Takes utterances in that began now, or go on already. */
  add(...utterances: readonly Utterance[]): void {
    const added = utterances.filter(({ id }) => !this.has(id))
    if (added.length === 0) return
    this.#utterances.push(...added)
    // The words of one that was given up may come after those of the next.
    this.#utterances.sort((a, b) => a.id - b.id)
    this.#wait.stop()
    const speaks = added.some(({ speaking }) => speaking)
    if (speaks && !this.#committed) this.#hooks.resume()
    if (added.some(({ text }) => text !== '')) this.#hooks.caption()
    if (!speaks) this.#quiet()
  }

  /** Something was told of one of its utterances, which took it in already. */
  heard(utterance: Utterance, kind: ListenEvent['kind']): void {
    if (this.#closed) return
    if (kind === 'resumed') {
      this.#wait.stop()
      if (!this.#committed) this.#hooks.resume()
      return
    }
    if (kind === 'partial' || kind === 'final') this.#hooks.caption()
    if (!utterance.speaking) this.#quiet()
  }

  /** Gives away what is not known to its end, as somebody speaks on: it is told with what comes after it. */
  handOver(): Utterance[] {
    if (this.#closed) return []
    const known = this.#utterances.filter(({ covered }) => covered)
    const unknown = this.#utterances.filter(({ covered }) => !covered)
    this.#utterances.splice(0, Infinity, ...known)
    return unknown
  }

  /** The turn is over: only its last words may still come. */
  commit(): void {
    this.#committed = true
    this.#wait.stop()
    this.#wordless.stop()
  }

  /** Nothing more is told of it. */
  close(): void {
    this.commit()
    this.#closed = true
  }

  #quiet(): void {
    if (this.#committed || this.#utterances.some(({ speaking }) => speaking)) return
    const { text } = this
    if (text === '' && this.settled) {
      if (!this.#pinned) this.#hooks.nothing()
      return
    }
    const { covered } = this
    if (text !== '' && covered) this.#speculate(text)
    if (this.#pinned) return
    const { lang, patience } = this.#rule
    // Whether somebody is done is in his last words. Nothing is lost by waiting for them: there is no answer without.
    const wait = Math.max(turnWait(text, lang, patience), covered ? 0 : WORDS_LATE)
    const due = (this.last?.quietSince ?? this.#clock.now()) + wait
    this.#wait.start(due - this.#clock.now(), () => this.#hooks.commit())
  }

  #speculate(text: string): void {
    if (!this.#rule.speculate || this.#speculations >= MAX_SPECULATIONS) return
    this.#speculations += 1
    this.#hooks.speculate(text)
  }
}
