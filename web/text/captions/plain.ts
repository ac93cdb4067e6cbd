import type { PlacedSource } from './timeline.ts'

/** Silence that begins a new paragraph, seconds. */
export const PARAGRAPH_PAUSE = 2

/** Scripts that set no blank between sentences. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}。、！？」』]$/u

/** What stands between a sentence and the next one of its paragraph. */
export const gapBehind = (text: string): string => (UNSPACED.test(text) ? '' : ' ')

/** The words alone: sentence behind sentence, a blank line where there was a longer silence. */
export async function* plainText(segments: PlacedSource): AsyncGenerator<string, void, undefined> {
  let before: { readonly text: string; readonly end: number } | undefined
  for await (const { text: raw, start, end } of segments) {
    const text = raw.replace(/\s+/g, ' ').trim()
    if (text === '') continue
    if (!before) yield text
    else if (start - before.end >= PARAGRAPH_PAUSE) yield `\n\n${text}`
    else yield gapBehind(before.text) + text
    before = { text, end }
  }
  if (before) yield '\n'
}
