import type { SegmentId, WordTime } from '#protocol/pcm.ts'
import type { Sentence } from './chunker.ts'
import type { Heard } from './types.ts'
import { findWords } from './words.ts'

/** A sentence of the reply with what is known of its sound. */
export interface SpokenSentence {
  readonly id: SegmentId
  readonly sentence: Sentence
  /** In order, as far as they were made; empty where the voice gives no times. */
  words: readonly WordTime[]
  /** Seconds of sound that a voice without times made before another one, which has them, began the sentence anew. */
  before?: number
  /** Seconds of sound made so far. */
  seconds: number
  /** Whether that is all of it. */
  made: boolean
  /** Whether any of it was written to the sink. */
  written: boolean
}

/** Share of a word that must have sounded for it to be heard. */
export const WORD_HEARD = 0.5
/** Pace of speech, UTF-16 units a second, where the voice gives no times and a sentence is not made whole. */
export const USUAL_PACE = 15

export interface HeardText {
  readonly heard: string
  readonly unheard: string
}

/**
 * Parts a reply where its listener stopped hearing it, to the word. `heard + unheard` is `text`.
 * @param text the reply, as the model wrote it @param sentences in order @param place undefined: nothing was heard
 */
export function partHeard(text: string, sentences: readonly SpokenSentence[], place: Heard | undefined): HeardText {
  const current = place ? sentences.find(({ id }) => id === place.segment) : undefined
  const cut = current && place ? current.sentence.from + cutIn(current, place.at) : 0
  return { heard: text.slice(0, cut), unheard: text.slice(cut) }
}

/** Where the source of a sentence is parted for somebody who heard `at` seconds of it. */
function cutIn(spoken: SpokenSentence, at: number): number {
  const { sentence, before = 0 } = spoken
  const words = spoken.words.length > 0 ? spoken.words : estimated(spoken)
  const heard = lastHeard(words, at)
  if (heard && heard === words.at(-1) && spoken.made) return sentence.to - sentence.from
  const first = lastHeard(estimatedAt(sentence.text, USUAL_PACE), Math.min(at, before))
  const to = Math.max(heard?.to ?? 0, first?.to ?? 0)
  return to === 0 ? 0 : sourceEnd(sentence, to)
}

const lastHeard = (words: readonly WordTime[], at: number) =>
  words.findLast(({ start, end }) => at >= start + (end - start) * WORD_HEARD)

/** Where the source ends of what is spoken up to `to`: the marks that close upon a word belong to it. */
function sourceEnd({ text, ends, from }: Sentence, to: number): number {
  let end = Math.min(Math.max(to, 1), text.length)
  while (end < text.length && !/[\s\p{L}\p{N}]/u.test(text[end] ?? '')) end++
  return (ends[end - 1] ?? from) - from
}

/** Times for words from their places in the text. */
function estimated({ sentence, seconds, made }: SpokenSentence): WordTime[] {
  const { text } = sentence
  return estimatedAt(text, made && seconds > 0 ? text.length / seconds : USUAL_PACE)
}

const estimatedAt = (text: string, pace: number): WordTime[] =>
  findWords(text).map(({ from, to }) => ({
    text: text.slice(from, to),
    from,
    to,
    start: from / pace,
    end: to / pace,
  }))

/** The words around a place in the reply: of the sentence that sounds and the one before. What an echo may consist of. */
export function wordsAround(sentences: readonly SpokenSentence[], place: Heard | undefined): string[] {
  const index = place ? sentences.findIndex(({ id }) => id === place.segment) : -1
  if (index < 0) return []
  return sentences
    .slice(Math.max(0, index - 1), index + 1)
    .flatMap(({ sentence }) => findWords(sentence.text).map(({ word }) => word))
}
