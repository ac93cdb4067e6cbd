import { UNDECIDED, type Undecided } from './piece.ts'

/** UTF-16 units that the text of a link, a piece of code within a line, a tag or an address may have. */
export const LINK_TEXT = 300
export const CODE_SPAN = 300
export const TAG = 200
export const ADDRESS = 2_000

/** How much of the source is said as `text`, which is as long as that, empty, or something else in its place. */
export interface Step {
  readonly length: number
  readonly text: string
  /** Stretches ahead, relative to the step, that are not said: the end of a link. */
  readonly skip?: { readonly from: number; readonly to: number }
}

const SPACE = /\s/
const WORD = /[\p{L}\p{N}]/u
const ESCAPED = /[!-/:-@[-`{-~]/
const EMOJI =
  /^(?:\p{Extended_Pictographic}|\p{Regional_Indicator}|[\u{1F3FB}-\u{1F3FF}]|[\u{E0020}-\u{E007F}]|\u200d|\ufe0f|\u20e3)$/u
const NOT_EMOJI = /^[©®™]$/
const ADDRESS_START = /^https?:\/\//i
const ADDRESS_END = /[\s<>"'`)\]}*]/
const CJK_STOP = /[。！？、，]/

const runLength = (rest: string, mark: string): number => {
  let length = 1
  while (rest[length] === mark) length++
  return length
}
const plain = (rest: string, length: number): Step => ({ length, text: rest.slice(0, length) })
const quiet = (length: number): Step => ({ length, text: '' })

/**
 * What is said of the beginning of `rest`, within a paragraph. The answer never depends on what comes after it, so text
 * may arrive in any pieces.
 * @param before the character before it, empty at the start of a line @param ended nothing comes after `rest`
 */
export function inlineStep(rest: string, before: string, ended: boolean): Step | Undecided {
  const mark = rest[0] ?? ''
  switch (mark) {
    case '\r':
      return quiet(1)
    case '\\':
      if (rest.length < 2) return ended ? quiet(1) : UNDECIDED
      return ESCAPED.test(rest[1] ?? '') ? { length: 2, text: rest[1] ?? '' } : plain(rest, 1)
    case '`':
      return codeSpan(rest, ended)
    case '*':
    case '_':
    case '~':
      return emphasis(rest, mark, before, ended)
    case '!':
      if (rest.length < 2) return ended ? plain(rest, 1) : UNDECIDED
      return rest[1] === '[' ? image(rest, ended) : plain(rest, 1)
    case '[':
      return link(rest, ended)
    case '<':
      return tag(rest, ended)
    case 'h':
    case 'H':
      return WORD.test(before) ? plain(rest, 1) : address(rest, ended)
    default:
      return character(rest, ended)
  }
}

function character(rest: string, ended: boolean): Step | Undecided {
  const code = rest.charCodeAt(0)
  if (code < 0xa9) return plain(rest, 1)
  const high = code >= 0xd800 && code < 0xdc00
  if (high && rest.length < 2) return ended ? plain(rest, 1) : UNDECIDED
  const sign = String.fromCodePoint(rest.codePointAt(0) ?? 0)
  return EMOJI.test(sign) && !NOT_EMOJI.test(sign) ? quiet(sign.length) : plain(rest, sign.length)
}

function codeSpan(rest: string, ended: boolean): Step | Undecided {
  const ticks = runLength(rest, '`')
  if (ticks === rest.length && !ended) return UNDECIDED
  const reach = ticks + CODE_SPAN + 1
  const limit = Math.min(rest.length, reach)
  for (let at = ticks; at < limit; at++) {
    if (rest[at] === '\n') return quiet(ticks)
    if (rest[at] !== '`') continue
    const run = runLength(rest.slice(at), '`')
    if (at + run === rest.length && !ended) return UNDECIDED
    if (run === ticks) return { length: at + run, text: rest.slice(ticks, at) }
    at += run - 1
  }
  return rest.length < reach && !ended ? UNDECIDED : quiet(ticks)
}

/** Marks that lean on a word are not said; "3 * 4", "snake_case" and "~5" are left as they are. */
function emphasis(rest: string, mark: string, before: string, ended: boolean): Step | Undecided {
  const run = runLength(rest, mark)
  if (run === rest.length && !ended) return UNDECIDED
  const after = rest[run] ?? ''
  if (mark === '~') return run > 1 ? quiet(run) : plain(rest, 1)
  const apart = (before === '' || SPACE.test(before)) && (after === '' || SPACE.test(after))
  if (apart) return before === '' && after === '' ? quiet(run) : plain(rest, run)
  const within = mark === '_' ? WORD : /\d/
  return within.test(before) && within.test(after) ? plain(rest, run) : quiet(run)
}

/** Where `close` stands that ends what begins at `at`; -1 where there is none. */
function closing(rest: string, at: number, pair: string, limit: number, ended: boolean): number | Undecided {
  let depth = 0
  const end = Math.min(rest.length, at + limit)
  for (let i = at; i < end; i++) {
    if (rest[i] === '\n') return -1
    if (rest[i] === pair[0]) depth++
    else if (rest[i] === pair[1] && --depth === 0) return i
  }
  return rest.length < at + limit && !ended ? UNDECIDED : -1
}

function link(rest: string, ended: boolean): Step | Undecided {
  const close = closing(rest, 0, '[]', LINK_TEXT, ended)
  if (close === UNDECIDED) return UNDECIDED
  if (close < 0) return plain(rest, 1)
  const inner = rest.slice(1, close)
  // Notes and boxes to tick: "[12]", "[^1]", "[x]".
  if (/^(?:\^.*|\d{1,3}|[ xX])$/.test(inner)) return quiet(close + 1)
  const next = rest[close + 1]
  if (next === undefined && !ended) return UNDECIDED
  if (next !== '(' && next !== '[') return plain(rest, 1)
  const end = closing(rest, close + 1, next === '(' ? '()' : '[]', ADDRESS, ended)
  if (end === UNDECIDED) return UNDECIDED
  if (end < 0) return plain(rest, 1)
  return { length: 1, text: '', skip: { from: close, to: end + 1 } }
}

/** A picture says its description. */
function image(rest: string, ended: boolean): Step | Undecided {
  const step = link(rest.slice(1), ended)
  if (step === UNDECIDED) return UNDECIDED
  if (!step.skip) return plain(rest, 1)
  return { length: 2, text: '', skip: { from: step.skip.from + 1, to: step.skip.to + 1 } }
}

function tag(rest: string, ended: boolean): Step | Undecided {
  if (rest.length < 2) return ended ? plain(rest, 1) : UNDECIDED
  if (!/[a-z/!]/i.test(rest[1] ?? '')) return plain(rest, 1)
  const end = rest.slice(0, TAG).search(/[>\n]/)
  if (end < 0) return rest.length < TAG && !ended ? UNDECIDED : plain(rest, 1)
  if (rest[end] === '\n') return plain(rest, 1)
  const inner = rest.slice(1, end)
  if (ADDRESS_START.test(inner)) return { length: end + 1, text: hostOf(inner) }
  return { length: end + 1, text: /^br\b/i.test(inner) ? ' ' : '' }
}

/** An address says its host: the rest is letters and signs that nobody can follow by ear. */
function address(rest: string, ended: boolean): Step | Undecided {
  const start = rest.slice(0, 8).toLowerCase()
  const maybe = 'https://'.startsWith(start) || 'http://'.startsWith(start)
  if (maybe && !ADDRESS_START.test(start) && !ended) return UNDECIDED
  if (!ADDRESS_START.test(start)) return plain(rest, 1)
  let end = rest.slice(0, ADDRESS).search(ADDRESS_END)
  if (end < 0) {
    if (rest.length < ADDRESS && !ended) return UNDECIDED
    end = Math.min(rest.length, ADDRESS)
  }
  const whole = rest.slice(0, end).replace(/[.,!?:;…]+$/, '')
  const stop = whole.search(CJK_STOP)
  const found = stop < 0 ? whole : whole.slice(0, stop)
  const host = hostOf(found)
  return host === '' ? plain(rest, 1) : { length: found.length, text: host }
}

const hostOf = (url: string): string =>
  url
    .replace(ADDRESS_START, '')
    .replace(/[/?#].*$/s, '')
    .replace(/^[^@]*@/, '')
    .replace(/^www\./i, '')
