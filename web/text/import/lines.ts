import type { ImportNote } from './types.ts'

/** Wider lines are taken for whole paragraphs. */
const WIDEST_WRAP = 100
const NARROWEST_WRAP = 40
const LIST_ITEM = /^\s*(?:[-*•–—]\s|\d{1,3}[.)]\s|\(\w{1,3}\)\s)/
const INDENT = /^(?:\t| {2,})\S/

/** One stretch between blank lines, line by line, not trimmed on the left. */
export type Block = readonly string[]

export function blocksOf(text: string): Block[] {
  const blocks: string[][] = []
  let block: string[] = []
  for (const line of text.split('\n')) {
    const kept = line.replace(/[\f\v]/g, ' ').trimEnd()
    if (kept.trim() !== '') block.push(kept)
    else if (block.length > 0) {
      blocks.push(block)
      block = []
    }
  }
  if (block.length > 0) blocks.push(block)
  return blocks
}

/** The column at which the text was wrapped by hand, or undefined where a line is a paragraph. */
export function wrapWidth(blocks: readonly Block[]): number | undefined {
  const counts = new Uint32Array(WIDEST_WRAP + 2)
  let total = 0
  for (const block of blocks) {
    // The last line of a block is short by nature.
    for (const line of block.length > 1 ? block.slice(0, -1) : []) {
      const held = Math.min(line.length, WIDEST_WRAP + 1)
      counts[held] = (counts[held] ?? 0) + 1
      total++
    }
  }
  if (total < 2 || (counts[WIDEST_WRAP + 1] ?? 0) > total * 0.05) return undefined
  let seen = 0
  for (let width = 0; width <= WIDEST_WRAP; width++) {
    seen += counts[width] ?? 0
    if (seen >= total * 0.95) return width >= NARROWEST_WRAP ? width : undefined
  }
  return undefined
}

/** Paragraphs of a block: wrapped lines joined, verse and lists line by line. */
export function paragraphsOf(block: Block, width: number | undefined, notes: Set<ImportNote>): string[] {
  if (block.length === 1 || width === undefined) return block.map(squeezed)
  const paragraphs: string[] = []
  let current = ''
  let previous: string | undefined
  const flush = () => {
    if (current) paragraphs.push(squeezed(current))
    current = ''
  }
  const indented = block.filter(line => INDENT.test(line)).length
  for (const line of block) {
    const begins =
      previous === undefined ||
      LIST_ITEM.test(line) ||
      // A line that stops early was ended, not wrapped: the next word would have fitted.
      previous.length + 1 + (/^\s*(\S+)/.exec(line)?.[1]?.length ?? 0) <= width * 0.75 ||
      // Paragraphs told apart by an indented first line rather than by a blank one.
      (indented < block.length && INDENT.test(line) && !INDENT.test(previous) && !LIST_ITEM.test(previous))
    if (begins) flush()
    else notes.add('lines-joined')
    current = current === '' ? line : joined(current, line.trim())
    previous = line
  }
  flush()
  return paragraphs
}

/** A soft hyphen at the end of a line goes; a hard hyphen or dash stays and takes no space. */
function joined(left: string, right: string): string {
  if (left.endsWith('\u00ad')) return left.slice(0, -1) + right
  return /[\p{L}][-‐]$|--$|—$/u.test(left) ? left + right : `${left} ${right}`
}

const squeezed = (text: string): string => text.replace(/[^\S\n]+/g, ' ').trim()
