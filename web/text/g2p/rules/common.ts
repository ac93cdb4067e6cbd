import type { Sentence } from '../sentence.ts'

/** The sense's name; '' for the usual reading for sure; undefined when this rule cannot tell. */
export type WordRule = (sentence: Sentence, index: number) => string | undefined

export const at = (sentence: Sentence, index: number) => sentence.words[index] ?? ''
export const near = (sentence: Sentence, index: number, words: ReadonlySet<string>, reach = 40) => {
  for (let i = Math.max(0, index - reach); i <= Math.min(sentence.words.length - 1, index + reach); i++) {
    if (i !== index && words.has(at(sentence, i))) return true
  }
  return false
}
