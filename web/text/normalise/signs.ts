import type { Rule, Scan } from './scan.ts'

/** Signs that are said wherever they stand. */
const SAID: Readonly<Record<string, string>> = {
  '&': 'and', '@': 'at', '%': 'percent', '+': 'plus', '=': 'equals', '±': 'plus or minus', '×': 'times', '÷': 'divided by',
  '≈': 'approximately', '≠': 'is not equal to', '≤': 'is at most', '≥': 'is at least', '√': 'square root of', '∞': 'infinity',
  '©': 'copyright', '§': 'section', '¶': 'paragraph', '°': 'degrees', '²': 'squared', '³': 'cubed', '€': 'euro', '£': 'pound', '¥': 'yen',
  $: 'dollar', '¢': 'cent', '₹': 'rupee', '№': 'number',
} // prettier-ignore

const GREEK: Readonly<Record<string, string>> = {
  α: 'alpha', β: 'beta', γ: 'gamma', δ: 'delta', ε: 'epsilon', ζ: 'zeta', η: 'eta', θ: 'theta', ι: 'iota', κ: 'kappa', λ: 'lambda',
  μ: 'mu', µ: 'mu', ν: 'nu', ξ: 'xi', ο: 'omicron', π: 'pi', ρ: 'rho', σ: 'sigma', τ: 'tau', υ: 'upsilon', φ: 'phi', χ: 'chi', ψ: 'psi',
  ω: 'omega', ς: 'sigma',
} // prettier-ignore

const ELLIPSIS = /\.{2,64}|…{1,64}|(?:\.\s){2,8}\.(?!\d)/y
const DASHES = /-{2,64}|—{1,64}|–/y
const SPACED_HYPHEN = /[-–−]{1,3}(?=\s|$)/y
/** A stop inside a name: alt.flame, README.md; but "end.The" is two sentences. */
const FILE_ENDING = /\.\p{Ll}/uy
const STOPS = /[!?]{2,64}/y
const MINUS = /[-−](?=[\d.$£€]|\s?\d)/y
const HASHTAG = /#(?=\p{L})/uy
const NUMBER_SIGN = /#\s?(?=\d)/y
const BETWEEN = /\d\s*$/

/** Marks Kokoro knows, dashes, quotes, and signs with names. */
export const sign: Rule = scan => {
  const char = scan.char()
  return (
    dots(scan) ||
    dashes(scan, char) ||
    quotes(scan, char) ||
    marks(scan, char) ||
    arithmetic(scan, char) ||
    named(scan, char)
  )
}

function dots(scan: Scan): boolean {
  const match = scan.look(ELLIPSIS)
  if (match) scan.mark(match[0].startsWith('…') ? '…' : '...', match[0].length)
  return match !== null
}

function dashes(scan: Scan, char: string): boolean {
  if (!'-–—−'.includes(char)) return false
  const before = scan.char(-1)
  const minus = scan.look(MINUS)
  const afterNumber = scan.previous()?.made === true && BETWEEN.test(scan.text.slice(Math.max(0, scan.at - 4), scan.at))
  if (
    minus &&
    (before === '' || /[\s([=<>]/.test(before)) &&
    !(afterNumber && /\s/.test(scan.char(1)) && !/\s/.test(before))
  ) {
    if (!/\s/.test(scan.char(1)) || (afterNumber && /\s/.test(before))) {
      scan.make(['minus'], 1)
      return true
    }
  }
  // A range: 10–20, 1939-45.
  const afterHour = scan.previous()?.how === 'letters' && /[AP]M$/.test(scan.previous()?.text ?? '')
  if (
    (/\d/.test(before) || afterHour) &&
    /[-–—]\s?[$£€]?\d/.test(scan.text.slice(scan.at, scan.at + 3)) &&
    char !== '−'
  ) {
    scan.make(['to'], 1)
    return true
  }
  const spaced = /\s/.test(before || ' ') ? scan.look(SPACED_HYPHEN) : null
  if (spaced) {
    scan.mark('—', spaced[0].length)
    return true
  }
  const dash = scan.look(DASHES)
  if (dash) {
    scan.mark('—', dash[0].length)
    return true
  }
  scan.at++ // a hyphen inside or before a word: nothing to say
  return true
}

const CLOSING_SINGLE = /'(?=$|[\s.,;:!?)\]”"—–…-])/y
const PAIRED = /['`][^\s'][^\n]{0,400}?'(?=$|[\s.,;:!?)\]”"—–…-])/y

function quotes(scan: Scan, char: string): boolean {
  if (char === "'" || char === '`') return singleQuote(scan, char)
  if (char !== '"' && char !== '“' && char !== '”' && char !== '″') return false
  const before = scan.char(-1)
  const after = scan.char(1)
  const opens = char === '“' || (char === '"' && /^$|[\s([—–'-]/.test(before) && !/^$|\s/.test(after))
  scan.mark(opens ? '“' : '”', 1)
  return true
}

/** 'Quoted' like "quoted"; an apostrophe that quotes nothing is silent. */
function singleQuote(scan: Scan, char: string): boolean {
  const before = scan.char(-1)
  if (scan.openQuote && char === "'" && scan.look(CLOSING_SINGLE)) {
    scan.openQuote = false
    scan.mark('”', 1)
  } else if (!scan.openQuote && /^$|[\s([—–“"-]/.test(before) && scan.look(PAIRED)) {
    scan.openQuote = true
    scan.mark('“', 1)
  } else {
    scan.at++
  }
  return true
}

function marks(scan: Scan, char: string): boolean {
  const stops = scan.look(STOPS)
  if (stops) {
    const both = stops[0].includes('?') && stops[0].includes('!')
    scan.mark(both ? '?!' : (stops[0][0] ?? '!').repeat(Math.min(3, stops[0].length)), stops[0].length)
    return true
  }
  const bracket =
    { '[': '(', ']': ')', '{': '(', '}': ')', '。': '.', '、': ',', '，': ',', '！': '!', '？': '?' }[char] ?? char
  if (bracket === '' || !';:,.!?()'.includes(bracket)) return false
  if (char === '.' && scan.look(FILE_ENDING) && /\p{L}/u.test(scan.char(-1)))
    scan.make(['dot'], 1) // alt.flame, notes.txt
  else scan.mark(bracket, 1)
  return true
}

function arithmetic(scan: Scan, char: string): boolean {
  const between =
    BETWEEN.test(scan.text.slice(Math.max(0, scan.at - 4), scan.at)) &&
    /^.\s*[-−]?\d/.test(scan.text.slice(scan.at, scan.at + 4))
  const word = between
    ? { '*': 'times', '/': 'over', '<': 'is less than', '>': 'is greater than', '^': 'to the power of', x: 'by' }[char]
    : undefined
  if (word) {
    scan.make(word.split(' '), 1)
    return true
  }
  if (char === '~' && /^~\s?[\d$£€]/.test(scan.text.slice(scan.at, scan.at + 3))) {
    scan.make(['about'], 1)
    return true
  }
  if (scan.look(NUMBER_SIGN)) {
    scan.make(['number'], 1)
    return true
  }
  if (char === '#' && /[A-G]/.test(scan.char(-1)) && !/[\p{L}\p{N}]/u.test(scan.char(1) + scan.char(-2))) {
    scan.make(['sharp'], 1)
    return true
  }
  if (char === '^' && /\d/.test(scan.char(1))) {
    scan.make(['to', 'the', 'power', 'of'], 1)
    return true
  }
  if (scan.look(HASHTAG)) {
    scan.make(['hashtag'], 1)
    return true
  }
  if (char === '/' && /\s/.test(scan.char(-1) || ' ') && /\s/.test(scan.char(1) || ' ')) {
    scan.make(['slash'], 1)
    return true
  }
  return false
}

function named(scan: Scan, char: string): boolean {
  const variable = char === '$' && /\p{L}/u.test(scan.char(1))
  const words = Object.hasOwn(SAID, char) && !variable ? SAID[char] : undefined
  if (words !== undefined) {
    scan.make(words.split(' '), 1)
    return true
  }
  const greek = GREEK[char.toLowerCase()]
  if (greek === undefined || /\p{Script=Greek}/u.test(scan.char(-1)) || /\p{Script=Greek}/u.test(scan.char(1)))
    return false
  scan.make([greek], 1)
  return true
}
