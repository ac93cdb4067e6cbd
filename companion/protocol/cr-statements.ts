import { parse } from 'smol-toml'

/** One statement of a TOML file, by its place in the text: whole lines, the end of the last included. */
export interface Statement {
  readonly kind: 'blank' | 'comment' | 'header' | 'pair'
  readonly start: number
  readonly end: number
  /** Of a header or a pair: `nodes.options` is two parts. */
  readonly path: readonly string[]
  /** Of a header: `[[nodes]]`, which begins one more of a list. */
  readonly isList: boolean
  /** Of a pair: where its value stands, without white space and comment. */
  readonly value: Span
}

export interface Span {
  readonly start: number
  readonly end: number
}

const NOWHERE: Span = { start: 0, end: 0 }

/** Takes TOML that is known to be valid apart into statements, so that one of them can be changed in its place. */
export function statementsOf(text: string): Statement[] {
  const statements: Statement[] = []
  for (let start = 0; start < text.length;) {
    const { end, comment, equals } = scanStatement(text, start)
    const words = text.slice(start, comment).trim()
    const place = { start, end, path: [] as string[], isList: false, value: NOWHERE }
    if (words === '') statements.push({ ...place, kind: comment < end ? 'comment' : 'blank' })
    else if (words.startsWith('[')) {
      const isList = words.startsWith('[[')
      statements.push({ ...place, kind: 'header', isList, path: pathOf(words.slice(isList ? 2 : 1, isList ? -2 : -1)) })
    } else {
      const value = trimmed(text, { start: equals + 1, end: comment })
      statements.push({ ...place, kind: 'pair', path: pathOf(text.slice(start, equals)), value })
    }
    start = end
  }
  return statements
}

/** One `key = value` of an inline table. */
export interface InlineEntry extends Span {
  readonly path: readonly string[]
  readonly value: Span
}

/** The entries of an inline table, whose brackets stand at the ends of `table`. */
export function inlineEntries(text: string, table: Span): InlineEntry[] {
  const entries: InlineEntry[] = []
  let start = table.start + 1
  let equals = -1
  const close = (end: number) => {
    const span = trimmed(text, { start, end })
    if (equals >= 0) {
      const path = pathOf(text.slice(span.start, equals))
      entries.push({ ...span, path, value: trimmed(text, { start: equals + 1, end: span.end }) })
    }
    start = end + 1
    equals = -1
  }
  for (const { at, depth, letter } of outsideStrings(text, table.start + 1, table.end - 1)) {
    if (depth === 0 && letter === '=' && equals < 0) equals = at
    if (depth === 0 && letter === ',') close(at)
  }
  close(table.end - 1)
  return entries
}

/** The end of the statement that begins at `start`, its comment (or its end, when there is none) and its “=”. */
function scanStatement(text: string, start: number): { end: number; comment: number; equals: number } {
  let comment = -1
  let equals = -1
  for (const { at, depth, letter } of outsideStrings(text, start, text.length)) {
    if (letter === '=' && equals < 0) equals = at
    if (letter === '#' && depth === 0 && comment < 0) comment = at
    if (letter === '\n' && depth === 0) return { end: at + 1, comment: comment < 0 ? at + 1 : comment, equals }
  }
  return { end: text.length, comment: comment < 0 ? text.length : comment, equals }
}

interface Letter {
  readonly at: number
  /** Open brackets around it. */
  readonly depth: number
  readonly letter: string
}

/** Every letter that is no part of a string, nor of a comment but for its `#`. */
function* outsideStrings(text: string, start: number, end: number): Generator<Letter> {
  let depth = 0
  for (let at = start; at < end; at++) {
    const letter = text[at]!
    if (letter === '"' || letter === "'") {
      at = endOfString(text, at) - 1
      continue
    }
    if (letter === ']' || letter === '}') depth--
    yield { at, depth, letter }
    if (letter === '[' || letter === '{') depth++
    if (letter === '#') {
      const line = text.indexOf('\n', at)
      at = (line < 0 ? end : line) - 1
    }
  }
}

function endOfString(text: string, start: number): number {
  const quote = text[start]!
  const long = text.startsWith(quote.repeat(3), start)
  const mark = long ? quote.repeat(3) : quote
  for (let at = start + mark.length; at < text.length; at++) {
    if (quote === '"' && text[at] === '\\') at++
    else if (text.startsWith(mark, at)) {
      at += mark.length
      // Up to two quotes more may stand before the three that end a long string.
      while (long && text[at] === quote) at++
      return at
    }
  }
  return text.length
}

function trimmed(text: string, { start, end }: Span): Span {
  while (start < end && /\s/.test(text[start]!)) start++
  while (end > start && /\s/.test(text[end - 1]!)) end--
  return { start, end }
}

/** The parts of a key, which may be dotted and in quotes. */
function pathOf(key: string): string[] {
  const path: string[] = []
  let inner: unknown = parse(`${key.trim()} = 0`)
  while (typeof inner === 'object' && inner !== null) {
    const [name] = Object.keys(inner)
    if (name === undefined) break
    path.push(name)
    inner = (inner as Record<string, unknown>)[name]
  }
  return path
}
