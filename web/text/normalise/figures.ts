import { cardinal, decimal, digitByDigit, fraction, ordinal, plural, year } from './numbers.ts'
import type { Rule, Scan } from './scan.ts'
import { CURRENCIES, LOOSE_UNITS, MAGNITUDES, UNIT, unitWords } from './units.ts'
import { DIGIT_LIMIT } from './types.ts'

const NUMBER = '\\d{1,3}(?:,\\d{3}){1,12}(?!\\d)|\\d{1,200}'
const AMOUNT = new RegExp(`(${NUMBER})?(?:\\.(\\d{1,200}))?`, 'y')
const PRICE = new RegExp(
  `(-|−)?(?:US|CA|AU|NZ|HK|[CA])?([$£€¥₹₽₩₪₺₴₿])\\s?(${NUMBER})?(?:\\.(\\d{1,50}))?(?:\\s?[–-]\\s?[$£€]?(${NUMBER})(?:\\.(\\d{1,50}))?)?(?:\\s?(thousand|million|billion|trillion|bn|mn|trn?|tn|[kKmMbBT])(?![\\p{L}\\p{N}]))?`,
  'uy',
)
const AFTER_AMOUNT = /\s?([€£¥₹₽₩₪₺₴¢]|USD|EUR|GBP|JPY)(?![\p{L}\p{N}])/uy
const SCALE = /\s(?:hundred|thousand|million|billion|trillion)\b/y

/** $45.50 · £3.2bn · US$5–10 million · −$4. */
export const price: Rule = scan => {
  const match = scan.look(PRICE)
  const names = CURRENCIES[match?.[2] ?? '']
  if (!match || !names || (match[3] === undefined && match[4] === undefined)) return false
  const amount = (whole: string | undefined, cents: string | undefined) =>
    cents === undefined ? cardinal(whole ?? '0', scan.british) : decimal(whole ?? '0', cents, scan.british)
  const words: string[] = match[1] ? ['minus'] : []
  const scale = MAGNITUDES[match[7] ?? '']
  const [whole, cents] = [match[3], match[4]]
  if (match[5] !== undefined) {
    words.push(...amount(whole, cents), 'to', ...amount(match[5], match[6]), ...(scale ? [scale] : []), names[1])
  } else if (scale) {
    words.push(...amount(whole, cents), scale, names[1])
  } else {
    words.push(...money(whole ?? '0', cents, names, scan.british))
  }
  scan.make(words, match[0].length)
  return true
}

function money(
  whole: string,
  cents: string | undefined,
  names: readonly (string | undefined)[],
  british: boolean,
): string[] {
  const [one = '', many = '', centOne, centMany] = names
  const unit = (count: string) => (/^0*1$/.test(count) ? one : many)
  if (cents === undefined || /^0*$/.test(cents)) return [...cardinal(whole, british), unit(whole)]
  if (!centOne || !centMany || cents.length !== 2) return [...decimal(whole, cents, british), many]
  const small = [...cardinal(cents, british), Number(cents) === 1 ? centOne : centMany]
  return Number(whole.replaceAll(',', '')) === 0 ? small : [...cardinal(whole, british), unit(whole), 'and', ...small]
}

const PHONE =
  /0\d{2,4}(?: \d{3,4}){1,3}(?![\d-])|(?:\+\d{1,3}[ .-]?)?(?:\(\d{2,5}\)[ -]?|\d{3}[ .-])?\d{3}[.-]\d{4}(?![\d-])|\+\d{1,3}(?:[ .-]\d{2,5}){2,5}(?![\d-])|\(\d{3,5}\)[ -]?\d{3,4}[ -]\d{3,4}(?![\d-])|\d{1,5}(?:-\d{1,7}){2,6}(?![\d-])/y

/** 555-0142 · (212) 555-0142 · +44 20 7946 0018 · 978-3-16-148410-0: digit by digit, a comma between the groups. */
export const phone: Rule = scan => {
  const match = scan.look(PHONE)
  if (!match) return false
  const start = scan.at
  const groups = /\d+/g
  const length = match[0].length
  for (let group = groups.exec(match[0]); group; group = groups.exec(match[0])) {
    scan.at = start
    if (group.index > 0 && groups.lastIndex !== group[0].length && scan.previous()?.from === start) {
      scan.mark(',', length)
      scan.at = start
    }
    const plus = match[0][group.index - 1] === '+' ? ['plus'] : []
    const index = scan.units.length
    scan.make([...plus, ...digitByDigit(group[0])], length)
    const head = scan.units[index]
    if (head && scan.units[index - 1]?.from === start) scan.units[index] = { ...head, glued: false }
  }
  // A comma made here stands right after a word.
  scan.units.forEach((unit, index) => {
    if (unit.kind === 'mark' && unit.from === start && unit.text === ',') scan.units[index] = { ...unit, glued: true }
  })
  scan.at = start + length
  return true
}

const FEET = /(\d{1,3})\s?['′]\s?(\d{1,2})(?:["″]|'')?(?!\d)/y
const PRIMES = /(\d{1,4}(?:\.\d{1,3})?)(?:([′″])|(['"])(?=\s(?:tall|long|wide|high|deep|thick|by|x)\b))/y

/** 5'10" → five foot ten; 6′ → six feet. */
export const feet: Rule = scan => {
  const match = scan.look(FEET)
  if (match && Number(match[2]) < 12) {
    scan.make(
      [...cardinal(match[1] ?? '', scan.british), 'foot', ...cardinal(match[2] ?? '', scan.british)],
      match[0].length,
    )
    return true
  }
  const primes = scan.look(PRIMES)
  if (!primes) return false
  const [whole = '', part] = (primes[1] ?? '').split('.')
  const one = primes[1] === '1'
  const unit = /['′]/.test(primes[2] ?? primes[3] ?? '') ? (one ? 'foot' : 'feet') : one ? 'inch' : 'inches'
  const words = part === undefined ? cardinal(whole, scan.british) : decimal(whole, part, scan.british)
  scan.make([...words, unit], primes[0].length)
  return true
}

const VULGAR: Readonly<Record<string, readonly [number, number]>> = {
  '½': [1, 2], '¼': [1, 4], '¾': [3, 4], '⅓': [1, 3], '⅔': [2, 3], '⅕': [1, 5], '⅖': [2, 5], '⅗': [3, 5], '⅘': [4, 5],
  '⅙': [1, 6], '⅚': [5, 6], '⅛': [1, 8], '⅜': [3, 8], '⅝': [5, 8], '⅞': [7, 8], '⅐': [1, 7], '⅑': [1, 9], '⅒': [1, 10],
} // prettier-ignore
const FRACTION = /(?:(\d{1,6})[ -])?(\d{1,3})\/(\d{1,4})(?![\d/]|\.\d)|(\d{1,6})?\s?([¼-¾⅐-⅞])/y
const IDIOMS = new Set(['24/7', '9/11', '20/20', '50/50', '7/7', '360/365'])
const MEASURED = /\s(cups?|inch(?:es)?|miles?|hours?|pounds?|teaspoons?|tablespoons?|ounces?|pints?|gallons?|acres?)\b/y

/** 1/2 cup → half a cup; 3/4 tsp. → three quarters of a teaspoon; 2 1/2; ¾; 24/7. */
export const vulgarFraction: Rule = scan => {
  const match = scan.look(FRACTION)
  if (!match) return false
  const [top, bottom] = VULGAR[match[5] ?? ''] ?? [Number(match[2]), Number(match[3])]
  const whole = match[1] ?? match[4]
  if (IDIOMS.has(match[0])) {
    scan.make([...cardinal(String(top), scan.british), ...cardinal(String(bottom), scan.british)], match[0].length)
    return true
  }
  if (bottom < 2 || bottom > 100 || top === 0 || top >= bottom) return false
  if (whole !== undefined) {
    const part =
      top === 1
        ? [
            /^[aeiou]/.test(fraction(1, bottom, scan.british)[1] ?? '') ? 'an' : 'a',
            ...fraction(1, bottom, scan.british).slice(1),
          ]
        : fraction(top, bottom, scan.british)
    scan.make([...cardinal(whole, scan.british), 'and', ...part], match[0].length)
    unitAfter(scan, false)
    return true
  }
  const unit = scan.look(UNIT, match[0].length)
  const measured =
    scan.look(MEASURED, match[0].length) ?? (unit && unit[2] !== '%' && !unit[2]?.startsWith('°') ? unit : null)
  if (!measured) {
    scan.make(fraction(top, bottom, scan.british), match[0].length)
    return true
  }
  const name = measured === unit ? (unitWords(unit[2] ?? '', true, scan.british)?.[0] ?? '') : (measured[1] ?? '')
  const article = /^(?:[aeiou]|hour)/.test(name) ? 'an' : 'a'
  if (top === 1 && bottom === 2) scan.make(['half', article], match[0].length)
  else scan.make([...fraction(top, bottom, scan.british), 'of', article], match[0].length)
  unitAfter(scan, true)
  return true
}

const RATIO = /(\d{1,4}):(\d{1,4})(?![\d:])/y
const ORDINAL = new RegExp(`(${NUMBER})'?(?:st|nd|rd|th)(?![\\p{L}\\p{N}])`, 'iuy')
const DECADE = /(\d{4}|\d0|\d{1,3}(?=s))'?s(?![\p{L}\p{N}])/uy
const DOTTED = /\d{1,5}(?:\.\d{1,5}){2,6}(?![\d])/y
const YEARISH = /\d{4}(?![\d,]\d|\.\d)/y
/** A house number: 4134 Mountain Ave. */
const STREET =
  /\d{4}\s(?:[NSEW]\.?\s)?\p{Lu}\p{L}{1,30}\s(?:\p{Lu}\p{L}{1,30}\s)?(?:St|Ave|Rd|Blvd|Dr|Ln|Ct|Pl|Street|Avenue|Road|Boulevard|Drive|Lane|Court|Place|Way)\b/uy
/** 720p, 1080i. */
const SCAN_LINES = /\d{1,2}[1-9]\d[pi](?![\p{L}\p{N}])/uy
const NUMBERED = new Set(['boeing', 'airbus', 'flight', 'room', 'highway', 'route', 'interstate'])
const EARLY_YEAR = new Set([
  'in',
  'since',
  'of',
  'by',
  'until',
  'year',
  'from',
  'before',
  'after',
  'around',
  'circa',
  'ad',
])
const SHORT_YEAR = /\s?[–-]\s?\d{2}(?!\d)/y

/** Every other figure: ordinals, decades, versions, years, decimals, plain numbers; with the unit that follows. */
export const figure: Rule = scan => {
  const british = scan.british
  const nth = scan.look(ORDINAL)
  if (nth) {
    scan.make(ordinal(nth[1] ?? '', british), nth[0].length)
    return true
  }
  const decade = scan.look(DECADE)
  if (decade) {
    const digits = decade[1] ?? ''
    scan.make(plural(digits.length === 4 ? year(digits, british) : cardinal(digits, british)), decade[0].length)
    return true
  }
  const ratio = scan.look(RATIO)
  if (ratio) {
    // "Psalm 119:105" names a place, "3:1" compares.
    const verse = /^\p{Lu}\p{Ll}/u.test(scan.previous()?.text ?? '') && !scan.previous()?.made
    scan.make(
      [...cardinal(ratio[1] ?? '', british), ...(verse ? [] : ['to']), ...cardinal(ratio[2] ?? '', british)],
      ratio[0].length,
    )
    return true
  }
  const dotted = scan.look(DOTTED)
  if (dotted) {
    const parts = dotted[0].split('.')
    const dot = parts.length === 4 && parts.every(part => Number(part) < 256) ? 'dot' : 'point'
    scan.make(
      parts.flatMap((part, index) => [...(index > 0 ? [dot] : []), ...cardinal(part, british)]),
      dotted[0].length,
    )
    return true
  }
  const amount = scan.look(AMOUNT)
  if (!amount || amount[0] === '' || (amount[1] === undefined && amount[2] === undefined)) return false
  const [whole, part] = [amount[1] ?? '', amount[2]]
  const length = amount[0].length
  const currency = scan.look(AFTER_AMOUNT, length)
  const names = CURRENCIES[currency?.[1] ?? '']
  if (currency && names) {
    scan.make(money(whole === '' ? '0' : whole, part, names, british), length + currency[0].length)
    return true
  }
  if (part !== undefined) scan.make(decimal(whole, part, british), length)
  else scan.make(integer(scan, whole), length)
  unitAfter(scan, /^0*1$/.test(whole) && part === undefined)
  return true
}

function integer(scan: Scan, digits: string): string[] {
  if (digits.length > DIGIT_LIMIT) return digitByDigit(digits.slice(0, DIGIT_LIMIT))
  if (/^0[1-9]$/.test(digits) && scan.wordBefore() === 'to' && scan.previous()?.made)
    return ['oh', ...digitByDigit(digits.slice(1))]
  if (/^0\d/.test(digits)) return digitByDigit(digits)
  const lines = scan.look(SCAN_LINES)
  if (lines) return [...cardinal(digits.slice(0, -2), scan.british), ...cardinal(digits.slice(-2), scan.british)]
  const inCode =
    (digits.length === 3 && NUMBERED.has(scan.wordBefore())) ||
    /\p{L}/u.test(scan.text[scan.at - 1] ?? '') ||
    (scan.char(-1) === '-' && /\p{Lu}/u.test(scan.char(-2)))
  if (inCode && digits.length === 3 && !digits.endsWith('00')) {
    const rest = digits.slice(1) // A380: three eighty
    return [
      ...digitByDigit(digits.slice(0, 1)),
      ...(rest.startsWith('0') ? ['oh', ...digitByDigit(rest.slice(1))] : cardinal(rest, scan.british)),
    ]
  }
  const yearish = scan.look(YEARISH)
  const unit = scan.look(UNIT, digits.length)
  if (yearish && digits.length === 4 && !scan.look(SCALE, 4) && (!unit || scan.look(SHORT_YEAR, 4))) {
    const value = Number(digits)
    if (value > 1000 && value < 1100 && EARLY_YEAR.has(scan.wordBefore()))
      return [
        ...cardinal(digits.slice(0, 2), scan.british),
        ...(digits[2] === '0' ? ['oh'] : []),
        ...cardinal(digits.slice(2), scan.british),
      ]
    if ((value >= 1100 && value < 2100) || scan.look(STREET)) return year(digits, scan.british)
  }
  return cardinal(digits, scan.british)
}

/** Reads a unit right after a number, in the singular when the number was one or the unit is half of a compound. */
function unitAfter(scan: Scan, one: boolean): void {
  const match = scan.look(UNIT)
  if (!match) return
  const [all, gap = '', name = ''] = match
  // "5 m" is metres, "5 in." inches, but "at 5 m" before more words of a name may not be; a hyphen makes it sure.
  if (
    LOOSE_UNITS.has(name) &&
    gap === ' ' &&
    /^\s?\p{Lu}/u.test(scan.text.slice(scan.at + all.length, scan.at + all.length + 2))
  )
    return
  if (gap === '-' && name.length === 1) return
  // "45 W. 23rd St." is no power, "1990s" no time.
  if ((/^\p{Lu}$/u.test(name) && scan.char(all.length) === '.') || (name === 's' && gap !== ' ')) return
  const words = unitWords(name, one || gap === '-', scan.british)
  if (!words) return
  scan.at += gap.length
  let length = name.length
  // "lbs." keeps its stop to itself in the middle of a sentence.
  if (
    /\p{L}$/u.test(name) &&
    scan.char(length) === '.' &&
    /^\.(?:[,;:)]|\s+[\p{Ll}\d(])/u.test(scan.text.slice(scan.at + length, scan.at + length + 8))
  )
    length++
  scan.make(words, length)
}
