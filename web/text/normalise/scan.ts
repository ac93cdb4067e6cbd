import type { Unit } from './types.ts'

/** Where the reading of a text has come to. Offsets are those of the cleaned text. */
export class Scan {
  readonly text: string
  readonly british: boolean
  readonly units: Unit[] = []
  at = 0
  /** A single quotation mark was opened and is to be closed. */
  openQuote = false

  constructor(text: string, british: boolean) {
    this.text = text
    this.british = british
  }

  /** Matches a sticky expression here (or `offset` further on). */
  look(expression: RegExp, offset = 0): RegExpExecArray | null {
    expression.lastIndex = this.at + offset
    return expression.exec(this.text)
  }

  char(offset = 0): string {
    return this.text[this.at + offset] ?? ''
  }

  /** The last unit, when no mark stands between; `back` further ones. Lower case. */
  wordBefore(back = 0): string {
    const unit = this.units[this.units.length - 1 - back]
    return unit?.kind === 'word' ? unit.text.toLowerCase() : ''
  }

  /** The source text of the last unit, with its case. */
  previous(back = 0): Unit | undefined {
    return this.units[this.units.length - 1 - back]
  }

  /** The next word after `offset` characters, '' when something else stands there. */
  wordAfter(offset: number): string {
    return this.look(NEXT_WORD, offset)?.[1] ?? ''
  }

  /** Says `words` for the next `length` characters and moves past them. */
  say(words: readonly string[], length: number, extra: Partial<Unit> = {}): void {
    let glued = this.isGlued()
    for (const text of words) {
      const weak: Partial<Unit> = extra.made && text === 'point' ? { how: 'weak' } : {}
      this.units.push({ kind: 'word', text, from: this.at, to: this.at + length, glued, ...weak, ...extra })
      glued = false
    }
    this.at += length
  }

  /** Words made from figures or signs. */
  make(words: readonly string[], length: number): void {
    this.say(words, length, { made: true })
  }

  /** No white space since the last unit. */
  isGlued(): boolean {
    const last = this.units.at(-1)
    return last !== undefined && !/\s/.test(this.text.slice(last.to, this.at))
  }

  mark(text: string, length: number): void {
    this.units.push({ kind: 'mark', text, from: this.at, to: this.at + length, glued: this.isGlued() })
    this.at += length
  }
}

const NEXT_WORD = /[\s(“"']{0,3}([\p{L}]{1,40})/uy

/** One way of reading; true when it has read something. */
export type Rule = (scan: Scan) => boolean

/** Words that begin sentences far more often than they go on after an abbreviation. */
const STARTERS = new Set(
  (
    'the a an he she it they we i you this that these those there then but and or so if when while after before in on at by for ' +
    'his her its their our my your who what where why how no not yes as with from to once now here one some many most all each ' +
    'every both however meanwhile although though because since until soon later let mr mrs dr nobody everyone also perhaps maybe yet still another'
  ).split(' '),
)

/**
 * Whether a full stop that belongs to an abbreviation also ends the sentence.
 * @param offset just after the full stop
 */
export function endsSentence(scan: Scan, offset: number): boolean {
  const after = scan.look(AFTER_STOP, offset)
  if (!after) return false
  if (after[1] === undefined) return true
  return /^\p{Lu}/u.test(after[1]) && STARTERS.has(after[1].toLowerCase())
}
// Either nothing but closing marks up to the end of the text or the line, or the next word.
const AFTER_STOP = /["”')\]]{0,3}(?:\s*$|[^\S\n]*\n|\s+["“'(]?(\p{L}[\p{L}']{0,30}))/uy
