import type { Spelling } from './tokenizer.ts'

/** A word of the text, and the tokens that wrote it. */
export interface SpelledWord {
  readonly text: string
  readonly from: number
  readonly to: number
  readonly firstToken: number
  /** Exclusive. */
  readonly endToken: number
}

/** What hangs on a word without being said. */
const BEFORE = /^[^\p{L}\p{N}\p{S}]+/u
const AFTER = /[^\p{L}\p{N}\p{S}%]+$/u

/** The words of a text, without the punctuation around them. */
export function spelledWords({ text, ends }: Spelling): SpelledWord[] {
  const words: SpelledWord[] = []
  let token = 0
  for (const { 0: whole, index } of text.matchAll(/\S+/g)) {
    const from = index + (BEFORE.exec(whole)?.[0].length ?? 0)
    const word = text.slice(from, index + whole.length).replace(AFTER, '')
    if (word === '') continue
    const to = from + word.length
    while (ends[token]! <= from) token++
    const firstToken = token
    while (ends[token]! < to) token++
    words.push({ text: word, from, to, firstToken, endToken: token + 1 })
  }
  return words
}

/** How sure the decoder was of a word: as sure as of the least sure of its tokens. */
export const confidenceOf = ({ firstToken, endToken }: SpelledWord, logProbabilities: readonly number[]) =>
  Math.exp(Math.min(0, ...logProbabilities.slice(firstToken, endToken)))
