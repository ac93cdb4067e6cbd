// A sign of Chinese or Japanese writing counts as a word of its own: there are no spaces to tell by.
const WORD =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|(?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])[\p{L}\p{M}\p{N}'’])+/gu

export interface FoundWord {
  /** Lower case, one apostrophe, no quotes around it. */
  readonly word: string
  /** UTF-16 offsets in the text. */
  readonly from: number
  readonly to: number
}

/** The words of a text, in order. */
export function findWords(text: string): FoundWord[] {
  const found: FoundWord[] = []
  for (const match of text.matchAll(WORD)) {
    const word = match[0]
      .toLowerCase()
      .replaceAll('’', "'")
      .replace(/^'+|'+$/g, '')
    if (word !== '') found.push({ word, from: match.index, to: match.index + match[0].length })
  }
  return found
}

export const wordsOf = (text: string): string[] => findWords(text).map(({ word }) => word)

/** Whether two texts differ in nothing that is heard: case, punctuation and spaces. */
export const sameWords = (a: string, b: string): boolean => wordsOf(a).join(' ') === wordsOf(b).join(' ')
