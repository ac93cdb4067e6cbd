import type { DialogueStep, TurnStart } from '#protocol/dialogue.ts'
import type { BreakIn } from './barge-in.ts'
import { afterEcho, echoVerdict } from './echo.ts'
import { wordsOf } from './words.ts'

/** Milliseconds after a reply in which its echo may still begin: the way to the ear, through the room, and back. */
export const ECHO_TAIL = 300
/** Words that speech in that time must have to be taken for an echo: "Tea or coffee?" is answered with its own words. */
export const ECHO_TAIL_WORDS = 3
/** Echoes in one session from which on the user is told. */
export const ECHO_WARN = 3

/** Keeps what the microphone takes from the loudspeaker out of what the user says, and counts how often it must. */
export class EchoGuard {
  readonly #tell: (step: DialogueStep) => void
  #count = 0
  /** What a reply said last, and when it ended, milliseconds. */
  #tail: { readonly words: readonly string[]; readonly at: number } | undefined
  /** What was sounding when a reply was broken into, and why it was. */
  #under: { readonly words: readonly string[]; readonly why: BreakIn } | undefined

  constructor(tell: (step: DialogueStep) => void) {
    this.#tell = tell
  }

  count(text: string): void {
    this.#count += 1
    this.#tell({ type: 'EchoSuspected', text, count: this.#count, warn: this.#count >= ECHO_WARN })
  }

  /** A reply has ended that said `words` last. */
  ended(words: readonly string[], at: number): void {
    if (words.length > 0) this.#tail = { words, at }
  }

  /** Somebody broke into a reply that was saying `words`. */
  brokenInto(words: readonly string[], why: BreakIn): void {
    this.#under = { words, why }
  }

  /**
   * What of `text` the user said himself; empty when it is all the reply's.
   * @param since when the speech began @param sounds whether it sounded like the loudspeaker, where that is known
   */
  own(text: string, by: TurnStart, since: number, sounds?: boolean): string {
    if (sounds && text !== '') {
      this.count(text)
      return ''
    }
    if (by === 'barge-in') return this.#over(text)
    const tail = this.#tail
    if (!tail || since - tail.at > ECHO_TAIL) return text
    if (since > tail.at && wordsOf(text).length < ECHO_TAIL_WORDS) return text
    return this.#unlessEcho(text, tail.words)
  }

  #over(text: string): string {
    const { words, why } = this.#under ?? { words: [], why: 'words' }
    if (why === 'over-echo') return afterEcho(text, words)
    return why === 'speech' ? this.#unlessEcho(text, words) : text
  }

  #unlessEcho(text: string, words: readonly string[]): string {
    if (echoVerdict(text, words, true) !== 'echo') return text
    this.count(text)
    return ''
  }
}
