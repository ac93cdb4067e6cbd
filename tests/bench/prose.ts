import { book } from '../support/book.ts'
import { wordsOf } from '../support/words.ts'

/** Words of a sentence that is taken. */
const WORDS = { least: 7, most: 24 } as const

/**
 * Sentences of a book that nothing was tuned on, spread over all of it: those that are nothing but words, because how
 * names, figures and abbreviations are written down says nothing about hearing them.
 */
export function prose(count: number): string[] {
  const sentences = book()
    .replace(/\s+/g, ' ')
    .split(/(?<=[.!?]) (?=[A-Z])/)
    .filter(sentence => /^[A-Z][a-z]*(?:(?:[,;]? |-)[a-z’']+)+[.!?]$/.test(sentence))
    .filter(sentence => isUsual(wordsOf(sentence).length))
  const plain = [...new Set(sentences)]
  if (plain.length < count) throw new Error(`The book has only ${plain.length} sentences of plain words, not ${count}.`)
  return Array.from({ length: count }, (_, index) => plain[Math.floor((index * plain.length) / count)]!)
}

const isUsual = (words: number) => words >= WORDS.least && words <= WORDS.most
