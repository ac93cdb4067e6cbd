import type { Lang } from '#protocol/speech.ts'
import { Timer } from './clock.ts'
import { smallWords } from './connectives.ts'
import { echoVerdict, type EchoVerdict } from './echo.ts'
import { FINAL_WITHIN } from './last-words.ts'
import type { Clock, ListenEvent } from './types.ts'
import type { Utterance } from './utterance.ts'
import { wordsOf } from './words.ts'

/** Milliseconds of speech after which somebody means to speak: a cough is shorter. */
export const CONFIRM_AFTER = 350
/** Milliseconds in which its words must come before speech without words is taken for speech. */
export const WORDS_WITHIN = 700

/** Why a reply is broken off: for words; for words over its own echo; for speech whose words are not known yet. */
export type BreakIn = 'words' | 'over-echo' | 'speech'

export interface BargeInHooks {
  /** Somebody may be speaking: softer. */
  duck(): void
  /** Somebody is: not a sound, until it is known who. */
  hold(): void
  /** It was nobody. */
  release(): void
  /** The reply is broken off: by all that was said, in order. */
  confirm(said: readonly Utterance[], why: BreakIn): void
  /** The reply heard itself. */
  echo(text: string): void
  /** Words of the reply around the place that sounds. */
  spoken(): readonly string[]
  /** Whether what it sounds like now is the loudspeaker; undefined where only words can tell. */
  sounds(utterance: Utterance): boolean | undefined
}

/** Speech during a reply of which it is not known whether it is meant. */
interface Suspect {
  readonly utterance: Utterance
  /** For one thing at a time: that it lasts, that words come, that the last ones do. */
  readonly timer: Timer
  /** It went on for CONFIRM_AFTER. */
  lasted: boolean
  /** It was taken for the reply itself. */
  echo: boolean
}

/**
 * Decides what speech during a reply is. It ducks at once; after CONFIRM_AFTER of speech the reply is silent, and broken
 * off as soon as there are words that are not its own. A cough, a "mhm" and the reply's echo let it go on where it was.
 * Who pauses for breath is judged by each piece, and all of them are his turn: the words of one are known only when the
 * next has begun.
 */
export class BargeIn {
  readonly #hooks: BargeInHooks
  readonly #lang: () => Lang
  readonly #clock: Clock
  /** In the order in which they began; the last alone may be going on. */
  readonly #suspects: Suspect[] = []

  constructor(clock: Clock, lang: () => Lang, hooks: BargeInHooks) {
    this.#hooks = hooks
    this.#lang = lang
    this.#clock = clock
  }

  has(utterance: number): boolean {
    return this.#suspect(utterance) !== undefined
  }

  /** Speech has begun during the reply. */
  start(utterance: Utterance): void {
    const suspect: Suspect = { utterance, timer: new Timer(this.#clock), lasted: false, echo: false }
    this.#suspects.push(suspect)
    if (this.#hooks.sounds(utterance)) this.#own(suspect)
    else this.#watch(suspect)
  }

  /** Something was told of the utterance, which took it in already. */
  heard(utterance: number, kind: ListenEvent['kind']): void {
    const suspect = this.#suspect(utterance)
    if (!suspect) return
    switch (kind) {
      case 'soft-end':
      case 'speech-end':
        return this.#quiet(suspect)
      case 'resumed':
        if (!suspect.lasted && !suspect.echo) this.#watch(suspect)
        return
      case 'partial':
        return this.#judge(suspect, false)
      case 'final':
      case 'dropped':
        return this.#judge(suspect, true)
    }
  }

  /** The reply is over. @returns what was being said meanwhile, unless it was the reply's echo */
  stop(): Utterance[] {
    const suspects = this.#suspects.splice(0)
    for (const { timer } of suspects) timer.stop()
    return suspects.filter(({ echo }) => !echo).map(({ utterance }) => utterance)
  }

  #suspect(utterance: number): Suspect | undefined {
    return this.#suspects.find(suspect => suspect.utterance.id === utterance)
  }

  #watch(suspect: Suspect): void {
    suspect.timer.start(CONFIRM_AFTER, () => this.#spokeOn(suspect))
    this.#soften()
  }

  /** As quiet as whoever may be speaking needs it. */
  #soften(): void {
    const others = this.#suspects.filter(({ echo }) => !echo)
    if (others.some(({ lasted }) => lasted)) this.#hooks.hold()
    else if (others.some(({ utterance }) => utterance.speaking)) this.#hooks.duck()
    else this.#hooks.release()
  }

  /** Somebody has been speaking for long enough to mean it. */
  #spokeOn(suspect: Suspect): void {
    const { utterance, timer } = suspect
    // The next one has begun, so it has ended, though that was not told.
    if (!utterance.speaking) return this.#quiet(suspect)
    suspect.lasted = true
    const verdict = this.#verdict(utterance, false)
    if (verdict === 'echo') return this.#own(suspect)
    if (verdict === 'speech' && this.#isMeant(suspect)) return this.#break(suspect)
    this.#soften()
    timer.start(WORDS_WITHIN, () => {
      if (utterance.speaking) this.#break(suspect, 'speech')
      else this.#awaitWords(suspect)
    })
  }

  #quiet(suspect: Suspect): void {
    if (!suspect.lasted || suspect.echo) this.#awaitWords(suspect)
    this.#soften()
  }

  /** It has ended: only its words can tell. */
  #awaitWords(suspect: Suspect): void {
    const { utterance, timer } = suspect
    timer.start(FINAL_WITHIN, () => {
      if (!utterance.speaking) this.#letGo(suspect)
      else if (!suspect.echo) this.#break(suspect, 'speech')
    })
  }

  #judge(suspect: Suspect, final: boolean): void {
    const verdict = this.#verdict(suspect.utterance, final)
    if (verdict === 'echo') this.#own(suspect)
    else if (verdict === 'speech' && this.#isMeant(suspect)) return this.#break(suspect)
    if (final) this.#letGo(suspect)
  }

  /** Whether words are enough to break the reply off. */
  #isMeant({ utterance: { text, speaking }, lasted, echo }: Suspect): boolean {
    const words = wordsOf(text)
    const { listening, stopping } = smallWords(this.#lang())
    if (words.some(word => stopping.has(word))) return true
    if (words.every(word => listening.has(word))) return false
    // A short burst may be a cough that the recogniser made a word of.
    return lasted || echo || (!speaking && words.length > 1)
  }

  #verdict(utterance: Utterance, final: boolean): EchoVerdict {
    // A recogniser makes other words of an echo, the more so of one that was ducked.
    if (this.#hooks.sounds(utterance)) return 'echo'
    const { text } = utterance
    const spoken = this.#hooks.spoken()
    const words = wordsOf(text)
    const only = words.length === 1 ? words[0]! : ''
    // "Stop" is not waited for, unless the reply says it itself.
    if (smallWords(this.#lang()).stopping.has(only) && !spoken.includes(only)) return 'speech'
    return echoVerdict(text, spoken, final)
  }

  /** It is the reply itself. What comes is still listened to: somebody may speak over it. */
  #own(suspect: Suspect): void {
    const { utterance, timer, echo } = suspect
    suspect.echo = true
    if (utterance.speaking) timer.stop()
    else this.#awaitWords(suspect)
    this.#soften()
    if (!echo) this.#hooks.echo(utterance.text)
  }

  #break(suspect: Suspect, why: BreakIn = suspect.echo ? 'over-echo' : 'words'): void {
    const said = this.#suspects.filter(other => other === suspect || !other.echo).map(({ utterance }) => utterance)
    this.stop()
    this.#hooks.confirm(said, why)
  }

  #letGo(suspect: Suspect): void {
    suspect.timer.stop()
    this.#suspects.splice(this.#suspects.indexOf(suspect), 1)
    this.#soften()
  }
}
