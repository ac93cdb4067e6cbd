import type { Lang } from '#protocol/speech.ts'

/** What keeps a voice from reading a sentence well, found from its letters alone. */
export type WritingProblem =
  /** No letter and no digit: emoji, rules, punctuation. It makes no sound. */
  | 'silent'
  /** Mostly letters that the voice's language is not written with. It will be skipped or mangled. */
  | 'foreign'
  /** Japanese in kanji, whose readings the voice does not know: it leaves them out. */
  | 'kanji'

const LETTER = /[\p{L}\p{N}]/gu
/** Scripts by language; a language that is not named here is taken to be written in Latin letters. */
const WRITTEN_IN: Readonly<Record<string, RegExp>> = {
  ja: /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}\p{Script=Latin}\p{N}]/u,
  zh: /[\p{Script=Han}\p{Script=Latin}\p{N}]/u,
  ko: /[\p{Script=Hangul}\p{Script=Han}\p{Script=Latin}\p{N}]/u,
  hi: /[\p{Script=Devanagari}\p{Script=Latin}\p{N}]/u,
  ru: /[\p{Script=Cyrillic}\p{N}]/u,
  ar: /[\p{Script=Arabic}\p{N}]/u,
  he: /[\p{Script=Hebrew}\p{N}]/u,
  el: /[\p{Script=Greek}\p{N}]/u,
}
const LATIN = /[\p{Script=Latin}\p{N}]/u
/** Long texts are judged by their beginning. */
const LOOK_AT = 2000

/** @returns undefined when the sentence can be read in `lang` */
export function writingProblem(text: string, lang: Lang): WritingProblem | undefined {
  const letters = text.slice(0, LOOK_AT).match(LETTER)
  if (!letters) return 'silent'
  const known = WRITTEN_IN[lang.split('-')[0] ?? ''] ?? LATIN
  let strange = 0
  for (const letter of letters) if (!known.test(letter)) strange++
  if (strange * 2 > letters.length) return 'foreign'
  return lang === 'ja' && /\p{Script=Han}/u.test(text.slice(0, LOOK_AT)) ? 'kanji' : undefined
}
