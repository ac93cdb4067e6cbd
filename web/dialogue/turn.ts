import type { Lang } from '#protocol/speech.ts'
import { smallWords } from './connectives.ts'
import { wordsOf } from './words.ts'

/** Milliseconds of silence after which a turn is over, by what was said so far. */
export const TURN_WAITS = {
  /** A whole clause: the detector's own hard end. */
  finished: 200,
  /** No words were recognised yet. */
  unknown: 500,
  /** Figures are dictated in groups: there may be more. */
  figures: 700,
  /** Something must follow: "I went to the". */
  unfinished: 1_000,
  /** Somebody is looking for words: "um". */
  searching: 1_500,
} as const

/** However patient, nobody waits longer, nor less than the detector needs to hear a silence. Milliseconds. */
export const LONGEST_WAIT = 3_000
export const SHORTEST_WAIT = 200

export type TurnEnd = keyof typeof TURN_WAITS

// Any script's marks that close a sentence, and those that leave it open.
const ASKED = /[?？؟]["'”’»)]*$/u
const OPEN = /(?:[,;:、，；：—–-]|\.\.\.|…)$/u
const FIGURES = /\d[\d .,-]*$/

/** What the words so far say about whether the speaker is done. */
export function turnEnd(said: string, lang: Lang): TurnEnd {
  const text = said.trim()
  const found = wordsOf(text)
  const last = found.at(-1)
  if (last === undefined) return 'unknown'
  const { fillers, linking, prepositions, asking, open } = smallWords(lang)
  if (ASKED.test(text)) return 'finished'
  if (fillers.has(last)) return 'searching'
  if (linking.has(last) || OPEN.test(text)) return 'unfinished'
  // Recognisers end everything with a full stop, so a stop after "of" says nothing.
  const bare = text.replace(/[.!。！]+$/u, '')
  if (prepositions.has(last) && !asking.has(found[0] ?? '')) return 'unfinished'
  if (open?.test(bare)) return 'unfinished'
  return FIGURES.test(bare) ? 'figures' : 'finished'
}

/**
 * How long to wait, milliseconds from the last sound of speech.
 * @param patience 1 is usual; more for speakers who take their time
 */
export function turnWait(said: string, lang: Lang, patience = 1): number {
  return Math.min(LONGEST_WAIT, Math.max(SHORTEST_WAIT, TURN_WAITS[turnEnd(said, lang)] * patience))
}
