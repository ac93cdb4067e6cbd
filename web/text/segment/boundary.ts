import { AFTER_CLOCK, LETTERED, type LanguageRules } from './abbreviations.ts'

/** Where a run of closing punctuation stands that may end a sentence. */
export interface Candidate {
  /** First character of the run. */
  readonly at: number
  /** After the run and the quotes and brackets that close upon it. */
  readonly end: number
  /** The marks alone: `.`, `?!`, `…`, `. . .` */
  readonly run: string
  /** Whether a quote or a bracket closes after the run. */
  readonly closed: boolean
}

const CJK_RUN = /[。！？｡．]/
const CJK_START = /[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]/
const SPACE = /\s/
// Openers, dashes and inverted marks that may stand before the next sentence's first word.
const LEAD = /[\s"'“”‘«‹([{„‚¿¡—–\-*_]/
const LOWER = /\p{Ll}/u
const LETTER = /\p{L}/u
const DIGIT = /\p{Nd}/u
const WORD_BEFORE = /[\p{L}\p{M}\p{Nd}.'’-]+$/u
const WORD_AHEAD = /^[\p{L}\p{M}\p{Nd}'’]+/u
const INITIALS = /^(?:\p{L}\.)+\p{L}$/u
const SINGLE = /^\p{Lu}$/u
const CAPITALS = /^\p{Lu}{2,}$/u
const ROMAN = /^[IVXLC]+$/
// "“Go!” Mary Ann said": up to three names, or a pronoun, and a verb of speech.
const REPORTED =
  /^(?:\p{Lu}[\p{L}’'.-]* ){1,3}(?:said|says|asked|asks|cried|replied|answered|whispered|shouted|muttered|murmured|exclaimed|added|continued|began|called|thought)\b/u
const QUOTATIVE = /^(?:と|って|などと)/

const LOOK = 48

function charAt(text: string, index: number): string {
  const code = text.codePointAt(index)
  return code === undefined ? '' : String.fromCodePoint(code)
}

/** Whether a sentence ends at the candidate. Looks at most 48 units either way, so the whole scan stays linear. */
export function endsSentence(text: string, begin: number, candidate: Candidate, rules: LanguageRules): boolean {
  const { at, end, run, closed } = candidate
  if (end >= text.length) return true
  const follows = text[end] ?? ''
  if (CJK_RUN.test(run)) return !(closed && QUOTATIVE.test(text.slice(end, end + 3)))
  if (!SPACE.test(follows) && !CJK_START.test(follows)) return false

  let ahead = end
  const edge = Math.min(text.length, end + LOOK)
  while (ahead < edge && LEAD.test(text[ahead] ?? '')) ahead++
  if (ahead >= text.length) return true
  const first = charAt(text, ahead)
  const next = WORD_AHEAD.exec(text.slice(ahead, ahead + LOOK))?.[0] ?? ''
  const before = WORD_BEFORE.exec(text.slice(Math.max(begin, at - LOOK), at))?.[0] ?? ''
  const lower = LOWER.test(first)

  if (closed && lower) return false
  // A full stop before the quote's end ends what was said; "“No.” He said nothing more."
  if (closed && run !== '.' && REPORTED.test(text.slice(ahead, ahead + LOOK))) return false
  if (run === '.') return endsAtDot(text, begin, at - before.length, before, next, lower, rules)
  const ellipsis = run.includes('…') || run.startsWith('..') || run.startsWith('. .')
  // "I… I don't know": a stutter goes on; so does whatever is written small.
  if (ellipsis && !/[!?]/.test(run)) return !lower && next.toLowerCase() !== before.toLowerCase()
  return true
}

function endsAtDot(
  text: string,
  begin: number,
  wordAt: number,
  before: string,
  next: string,
  lower: boolean,
  rules: LanguageRules,
): boolean {
  const word = before.replace(/^['’.-]+/, '').toLowerCase()
  const starter = rules.starters.has(next.toLowerCase()) && !lower
  if (word === '') return !lower
  if (rules.never.has(word)) return false
  // `closed` needs no thought here: "(etc.) The" and "“… Co.” The" obey the same rules.
  if (rules.titles.has(word) && !(word.length === 1 && lower)) return false
  if (
    rules.beforeNumber.has(word) &&
    (DIGIT.test(next[0] ?? '') || (word !== 'no' && ROMAN.test(next) && next !== 'I'))
  )
    return false
  const opening = text.slice(begin, wordAt).trim() === ''
  if (/^\d{1,3}$/.test(word) && (opening || (rules.ordinalDot && Number(word) <= 31))) return false
  // "z. B."
  if (/^\p{Ll}$/u.test(before) && /^\p{Lu}$/u.test(next)) return false
  if (SINGLE.test(before)) return endsAtLetter(text, wordAt, before, starter, opening, lower)
  if (INITIALS.test(before)) {
    if (lower) return false
    if (word === 'a.m' || word === 'p.m') return !AFTER_CLOCK.has(next.toLowerCase())
    return starter || !LETTER.test(next[0] ?? '')
  }
  // "EST" is not "est."
  if (rules.usuallyInner.has(word) && !CAPITALS.test(before)) return starter
  if (!lower) return true
  // Written small: an abbreviation that no list has, or a writer who never uses capitals. Long words are the latter.
  return word.length >= 4 && word !== 'etc' && /^\p{Ll}+$/u.test(before)
}

/** "J. R. R. Tolkien", "plan B. Then", "my friend and I. The next" */
function endsAtLetter(
  text: string,
  wordAt: number,
  letter: string,
  starter: boolean,
  opening: boolean,
  lower: boolean,
): boolean {
  if (opening || lower) return false
  if (starter) return true
  const previous = WORD_BEFORE.exec(text.slice(Math.max(0, wordAt - LOOK), wordAt).trimEnd())?.[0] ?? ''
  if (LETTERED.has(previous.toLowerCase())) return true
  return letter === 'I' && /^\p{Ll}/u.test(previous)
}
