import type { Caption, CaptionWord } from '#protocol/transcribe.ts'

/** A final caption for tests: a word a second, half a second long, or as quick as `end` makes them. */
export function caption(text: string, start: number, end?: number): Caption {
  const found = [...text.matchAll(/\S+/g)]
  const pace = end === undefined ? 1 : (end - start) / Math.max(1, found.length)
  const words = found.map<CaptionWord>((word, at) => ({
    text: word[0],
    from: word.index,
    to: word.index + word[0].length,
    start: start + at * pace,
    end: start + at * pace + pace / 2,
    confidence: 0.9,
  }))
  return { utterance: 0, text, start, end: end ?? start + found.length, words, final: true, stable: text.length }
}
