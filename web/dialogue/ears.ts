import type { Ears, ListenEvent } from './types.ts'

/** What a listener tells. `settled`, where it says so: all that was said before it has been told. Seconds. */
export type HeardEvent = ListenEvent & { readonly settled?: number }

/** Silence after which a listener takes speech for over, perhaps and for certain. Seconds. */
export interface SilenceRules {
  readonly softEnd: number
  readonly hardEnd: number
}

export interface UtteranceEarsParts {
  readonly rules: SilenceRules
  hear(event: ListenEvent): void
}

/** Seconds of silence beyond those that end an utterance. */
const MARGIN = 0.06
/** Seconds by which two ways to add up a sound may differ. */
const ROUNDING = 0.001

interface Waiting {
  readonly until: number
  /** Everything up to `until` was listened to. */
  reached: boolean
  readonly resolve: () => void
}

/**
 * The part of ears that is the same wherever the sound comes from: what is being said, how far it was told, and where
 * the next listening goes on. The host takes sound in, passes it to its listener, and tells what that tells.
 */
export class UtteranceEars implements Ears {
  readonly #rules: SilenceRules
  readonly #hear: (event: ListenEvent) => void
  /** Where each utterance began that is not settled, seconds. */
  readonly #open = new Map<number, number>()
  readonly #waiting = new Set<Waiting>()
  #live = false
  #taken = 0
  #heard = 0
  #next = 0
  #ending = false

  constructor({ rules, hear }: UtteranceEarsParts) {
    this.#rules = rules
    this.#hear = hear
  }

  /** Seconds that were taken in, silence of `ending` included. */
  get taken(): number {
    return this.#taken
  }

  /** Whether the end of something that was begun is still to be told. */
  get isOpen(): boolean {
    return this.#open.size > 0
  }

  /** Listening begins. @returns where the listener goes on: times and numbers count through all that was heard before */
  begin(): { readonly at: number; readonly utterance: number } {
    this.#live = true
    this.#heard = this.#taken
    return { at: this.#taken, utterance: this.#next }
  }

  /** Listening has ended: nobody waits any longer. */
  end(): void {
    this.#live = false
    this.#ending = false
    this.#open.clear()
    for (const waiting of [...this.#waiting]) this.#settle(waiting)
  }

  /** So many seconds of sound are on their way to the listener. */
  take(seconds: number): void {
    this.#taken += seconds
  }

  /**
   * To be asked after each chunk: seconds of silence that the listener is to hear next, as a key went up and whatever is
   * being said must end; 0 for none. They count as taken in.
   */
  ending(): number {
    if (!this.#ending) return 0
    this.#ending = false
    const seconds = this.#rules.hardEnd + MARGIN
    this.take(seconds)
    return seconds
  }

  /** The listener has heard everything before `at`, and what it found there was told. Seconds. */
  heard(at: number): void {
    this.#heard = Math.max(this.#heard, at)
    this.#look()
  }

  tell(event: HeardEvent): void {
    if (event.kind === 'speech-start') {
      // A listener that took another's place tells of it again.
      if (this.#open.has(event.utterance)) return
      this.#open.set(event.utterance, event.at)
      this.#next = Math.max(this.#next, event.utterance + 1)
    }
    const told = this.#withNow(event)
    this.#hear(told)
    if (event.kind === 'final' || event.kind === 'dropped') this.#open.delete(event.utterance)
    this.heard(Math.max(event.settled ?? 0, 'now' in told ? (told.now ?? 0) : 0))
  }

  /** The sound is listened to from `begin` to `end`. */
  listen(): void {}

  finish(): Promise<void> {
    if (!this.#live) return Promise.resolve()
    this.#ending = true
    return new Promise(resolve => void this.#waiting.add({ until: this.#taken, reached: false, resolve }))
  }

  /** Whoever waits for all words up to a time that are told now. */
  #look(): void {
    for (const waiting of [...this.#waiting]) {
      const { until } = waiting
      waiting.reached ||= this.#heard >= until - ROUNDING
      if (waiting.reached && ![...this.#open.values()].some(start => start < until)) this.#settle(waiting)
    }
  }

  #settle(waiting: Waiting): void {
    this.#waiting.delete(waiting)
    waiting.resolve()
  }

  /**
   * How far it had been listened to when it was told. Not what was taken in since: on a busy machine that waits to be
   * listened to, and somebody may speak in it.
   */
  #withNow(event: HeardEvent): ListenEvent {
    if (event.kind === 'soft-end') return { ...event, now: event.at + this.#rules.softEnd }
    if (event.kind === 'speech-end') return { ...event, now: event.at + this.#rules.hardEnd }
    return event
  }
}
