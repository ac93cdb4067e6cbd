import { isHeading } from '#text/import/chapters.ts'

/** Characters that a part has at least, where there is as much: less is a line of a table of contents. */
const SMALLEST = 400
/** Characters of a part where there are no chapters. */
const USUAL = 20_000
/** Parts of one text. */
const MOST = 1000

/**
 * Cuts a text into parts that can be spoken apart: at the headings of chapters, or, where there are none, between
 * paragraphs. The parts together are the text, character for character.
 */
export function splitText(text: string): string[] {
  const starts = blocksOf(text)
  const headings = starts.filter(({ from, to }) => isHeading(text.slice(from, to).trim().split('\n')))
  const cuts = headings.length >= 2 ? headings.map(({ from }) => from) : evenly(starts, text.length)
  const parts: string[] = []
  let from = 0
  for (const at of [...cuts, text.length]) {
    const isEnd = at === text.length
    if (at <= from || (!isEnd && at - from < SMALLEST) || (!isEnd && parts.length >= MOST - 1)) continue
    parts.push(text.slice(from, at))
    from = at
  }
  return parts
}

/** Where each paragraph begins and ends: blank lines stand between them. */
function blocksOf(text: string): { readonly from: number; readonly to: number }[] {
  const found: { from: number; to: number }[] = []
  for (const match of text.matchAll(/[^\n]+(?:\n(?![^\S\n]*\n)[^\n]*)*/g)) {
    if (match[0].trim() !== '') found.push({ from: match.index, to: match.index + match[0].length })
  }
  return found
}

function evenly(starts: readonly { readonly from: number }[], length: number): number[] {
  const size = Math.max(USUAL, Math.ceil(length / MOST))
  const cuts: number[] = []
  let last = 0
  for (const { from } of starts) {
    if (from - last < size) continue
    cuts.push(from)
    last = from
  }
  return cuts
}
