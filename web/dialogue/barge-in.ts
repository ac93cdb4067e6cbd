import type { Lang } from '#protocol/speech.ts'
import { Timer } from './clock.ts'
import { smallWords } from './connectives.ts'
import { echoVerdict, type EchoVerdict } from './echo.ts'
import { FINAL_WITHIN } from './turn-taker.ts'
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
  /** The reply is broken off. */
  confirm(utterance: Utterance, why: BreakIn): void
  /** The reply heard itself. */
  echo(text: string): void
  /** Words of the reply around the place that sounds. */
  spoken(): readonly string[]
  /** Whether what it sounds like now is the loudspeaker; undefined where only words can tell. */
  sounds(utterance: Utterance): boolean | undefined
}

type Phase = 'none' | 'ducked' | 'held' | 'waiting' | 'echo'

/**
 * Decides what speech during a reply is. It ducks at once; after CONFIRM_AFTER of speech the reply is silent, and broken
 * off as soon as there are words that are not its own. A cough, a "mhm" and the reply's echo let it go on where it was.
 */
export class BargeIn {
  readonly #hooks: BargeInHooks
  readonly #lang: () => Lang
  readonly #confirm: Timer
  readonly #words: Timer
  #utterance: Utterance | undefined
  #phase: Phase = 'none'
  #echoed = false

  constructor(clock: Clock, lang: () => Lang, hooks: BargeInHooks) {
    this.#hooks = hooks
    this.#lang = lang
    this.#confirm = new Timer(clock)
    this.#words = new Timer(clock)
  }

  has(utterance: number): boolean {
    return this.#utterance?.id === utterance
  }

  /** Speech has begun during the reply. */
  start(utterance: Utterance): void {
    this.stop()
    this.#utterance = utterance
    if (this.#hooks.sounds(utterance)) this.#own(utterance)
    else this.#suspect()
  }

  /** Something was told of the utterance, which took it in already. */
  heard(kind: ListenEvent['kind']): void {
    const utterance = this.#utterance
    if (!utterance) return
    switch (kind) {
      case 'soft-end':
      case 'speech-end':
        return this.#quiet()
      case 'resumed':
        if (this.#phase === 'waiting') this.#suspect()
        return
      case 'partial':
        return this.#judge(utterance, false)
      case 'final':
      case 'dropped':
        return this.#judge(utterance, true)
    }
  }

  /** The reply is over. @returns what was being said meanwhile, unless it was the reply's echo */
  stop(): Utterance | undefined {
    const utterance = this.#phase === 'echo' ? undefined : this.#utterance
    this.#confirm.stop()
    this.#words.stop()
    this.#utterance = undefined
    this.#phase = 'none'
    this.#echoed = false
    return utterance
  }

  #suspect(): void {
    this.#phase = 'ducked'
    this.#hooks.duck()
    this.#words.stop()
    this.#confirm.start(CONFIRM_AFTER, () => this.#spokeOn())
  }

  /** Somebody has been speaking for long enough to mean it. */
  #spokeOn(): void {
    const utterance = this.#utterance
    if (!utterance) return
    this.#phase = 'held'
    const verdict = this.#verdict(utterance, false)
    if (verdict === 'echo') return this.#own(utterance)
    if (verdict === 'speech' && this.#isMeant(utterance)) return this.#break(utterance)
    this.#hooks.hold()
    this.#words.start(WORDS_WITHIN, () => {
      if (utterance.speaking) return this.#break(utterance, 'speech')
      // It has ended: only its words can tell.
      this.#words.start(FINAL_WITHIN, () => this.#letGo())
    })
  }

  #quiet(): void {
    if (this.#phase !== 'ducked') return
    this.#confirm.stop()
    this.#phase = 'waiting'
    this.#hooks.release()
    this.#words.start(FINAL_WITHIN, () => this.#letGo())
  }

  #judge(utterance: Utterance, final: boolean): void {
    const verdict = this.#verdict(utterance, final)
    if (verdict === 'echo') {
      this.#own(utterance)
      if (final) this.stop()
      return
    }
    const meant = verdict === 'speech' && this.#isMeant(utterance)
    if (meant) return this.#break(utterance)
    if (final) this.#letGo()
  }

  /** Whether words are enough to break the reply off. */
  #isMeant({ text }: Utterance): boolean {
    const words = wordsOf(text)
    const { listening, stopping } = smallWords(this.#lang())
    if (words.some(word => stopping.has(word))) return true
    if (words.every(word => listening.has(word))) return false
    // A short burst may be a cough that the recogniser made a word of.
    return this.#phase === 'held' || this.#phase === 'echo' || (this.#phase === 'waiting' && words.length > 1)
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
  #own({ text }: Utterance): void {
    this.#confirm.stop()
    this.#words.stop()
    if (this.#phase !== 'echo') {
      const quieted = this.#phase !== 'none'
      this.#phase = 'echo'
      if (quieted) this.#hooks.release()
    }
    if (this.#echoed) return
    this.#echoed = true
    this.#hooks.echo(text)
  }

  #break(utterance: Utterance, why: BreakIn = this.#echoed ? 'over-echo' : 'words'): void {
    this.stop()
    this.#hooks.confirm(utterance, why)
  }

  #letGo(): void {
    const silenced = this.#phase === 'ducked' || this.#phase === 'held'
    this.stop()
    if (silenced) this.#hooks.release()
  }
}
