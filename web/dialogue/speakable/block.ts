import { UNDECIDED, type Undecided } from './piece.ts'

/** UTF-16 units that a row of a table may have; longer lines are read as text. */
export const TABLE_ROW = 2_000

/** What a line begins with. */
export type Block =
  /** `length` units are the line's mark. `own`: it is a sentence of its own. `said`: the mark is read out. */
  | { readonly kind: 'mark'; readonly length: number; readonly own: boolean; readonly said: boolean }
  | { readonly kind: 'gap' | 'rule'; readonly length: number }
  | { readonly kind: 'fence'; readonly length: number; readonly fence: string }
  | { readonly kind: 'row'; readonly length: number }
  | { readonly kind: 'text' }

// What may still become the mark of a heading, an item, a rule or a fence.
const GROWING = /^(?:(?:[-*_=][ \t]*)*|`{1,2}|#{1,6}|~{1,2}|\+|[>•‣◦]|\d{1,9}[.)]?)\r?$/
const GAP_LINE = /^\r?\n/
const FENCE = /^(`{3,}|~{3,})([^\n]*)\n?/
const HEADING = /^#{1,6}[ \t]/
const QUOTE = /^>/
const RULE = /^([-*_=])(?:[ \t]*\1){2,}[ \t\r]*(?:\n|$)/
const BULLET = /^[-*+•‣◦][ \t]/
const NUMBER = /^\d{1,9}[.)](?=[ \t])/
const ROW = /^\|[^\n]*(?:\n|$)/
const INDENT = /^[ \t]+/

/** @param rest from the start of a line on @param ended nothing comes after `rest` */
export function blockStep(rest: string, ended: boolean): Block | Undecided {
  const indent = INDENT.exec(rest)
  if (indent) return { kind: 'mark', length: indent[0].length, own: false, said: false }
  const end = rest.indexOf('\n')
  const whole = end >= 0 || ended
  const line = end >= 0 ? rest.slice(0, end + 1) : rest
  if (!whole && GROWING.test(line)) return UNDECIDED
  const gap = GAP_LINE.exec(line)
  if (gap) return { kind: 'gap', length: gap[0].length }
  const fence = FENCE.exec(line)
  if (fence) {
    const [all, marks = '', info = ''] = fence
    // "```inline```" stands in one line.
    if (info.length < TABLE_ROW && !(marks.startsWith('`') && info.includes('`'))) {
      return whole ? { kind: 'fence', length: all.length, fence: marks } : UNDECIDED
    }
  }
  const rule = whole ? RULE.exec(line) : undefined
  if (rule) return { kind: 'rule', length: rule[0].length }
  const heading = HEADING.exec(line)
  if (heading) return { kind: 'mark', length: heading[0].length, own: true, said: false }
  const quote = QUOTE.exec(line)
  if (quote) return { kind: 'mark', length: quote[0].length, own: false, said: false }
  const bullet = BULLET.exec(line)
  if (bullet) return { kind: 'mark', length: bullet[0].length, own: true, said: false }
  const number = NUMBER.exec(line)
  if (number) return { kind: 'mark', length: number[0].length, own: true, said: true }
  if (line.startsWith('|')) {
    if (!whole && line.length < TABLE_ROW) return UNDECIDED
    const row = whole ? ROW.exec(line) : undefined
    if (row && row[0].length <= TABLE_ROW) return { kind: 'row', length: row[0].length }
  }
  return { kind: 'text' }
}

/** Whether a line closes the block of code that `fence` opened. */
export function closesFence(line: string, fence: string): boolean {
  const text = line.replace(/^[>\s]+/, '').trimEnd()
  return text.startsWith(fence) && text.split('').every(mark => mark === fence[0])
}

/** The cells of a row, trimmed; undefined for the line between head and body. */
export function cellsOf(row: string): string[] | undefined {
  if (/^[\s|:-]+$/.test(row)) return undefined
  return row
    .trim()
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map(cell => cell.trim())
}
