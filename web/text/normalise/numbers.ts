import { toCardinal as gbCardinal, toOrdinal as gbOrdinal } from 'n2words/en-GB'
import { toCardinal as usCardinal, toOrdinal as usOrdinal } from 'n2words/en-US'

const DIGITS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine']
/** n2words names numbers up to here; longer ones are read digit by digit. */
const LONGEST = 36

const split = (words: string): string[] => words.split(/[\s-]+/).filter(word => word !== '')

/** "1,234" → one thousand two hundred thirty four (British: … and thirty four). Digits and commas only. */
export function cardinal(digits: string, british: boolean): string[] {
  const plain = digits.replaceAll(',', '').replace(/^0+(?=\d)/, '')
  if (plain.length > LONGEST) return digitByDigit(plain)
  return split(british ? gbCardinal(plain) : usCardinal(plain)).map(word => word.replace(',', ''))
}

/** "21" → twenty first. */
export function ordinal(digits: string, british: boolean): string[] {
  const plain = digits.replaceAll(',', '').replace(/^0+(?=\d)/, '')
  if (plain === '0') return ['zeroth']
  if (plain.length > LONGEST) return digitByDigit(plain)
  return split(british ? gbOrdinal(plain) : usOrdinal(plain)).map(word => word.replace(',', ''))
}

export function digitByDigit(digits: string): string[] {
  return [...digits].flatMap(digit => DIGITS[Number(digit)] ?? [])
}

/** "3", "14159" → three point one four one five nine. */
export function decimal(whole: string, fraction: string, british: boolean): string[] {
  return [...(whole === '' ? [] : cardinal(whole, british)), 'point', ...digitByDigit(fraction)]
}

/** Four digits as a year: nineteen eighty seven, nineteen oh five, nineteen hundred, two thousand ten → twenty ten. */
export function year(digits: string, british: boolean): string[] {
  const value = Number(digits)
  const low = value % 100
  const high = Math.floor(value / 100)
  if (value < 1100 || value > 9999 || (value >= 2000 && value < 2010) || high % 10 === 0) {
    return low > 9 && high % 10 === 0 && value > 2000
      ? [...cardinal(String(high), british), ...cardinal(String(low), british)]
      : cardinal(digits, british)
  }
  const first = cardinal(String(high), british)
  if (low === 0) return [...first, 'hundred']
  if (low < 10) return [...first, 'oh', ...cardinal(String(low), british)]
  return [...first, ...cardinal(String(low), british)]
}

/** "five" + s: nineties, hundreds, sixes. */
export function plural(words: readonly string[]): string[] {
  const last = words.at(-1) ?? ''
  const many = last.endsWith('y') ? `${last.slice(0, -1)}ies` : last.endsWith('x') ? `${last}es` : `${last}s`
  return [...words.slice(0, -1), many]
}

/** 3 of 4: three quarters; 1 of 2: one half. Numerator below 100, denominator 2…100 or 1000. */
export function fraction(numerator: number, denominator: number, british: boolean): string[] {
  const top = cardinal(String(numerator), british)
  const bottom = denominator === 2 ? ['half'] : denominator === 4 ? ['quarter'] : ordinal(String(denominator), british)
  if (numerator === 1) return [...top, ...bottom]
  return [...top, ...(denominator === 2 ? ['halves'] : plural(bottom))]
}

const VALUES: Readonly<Record<string, number>> = { I: 1, V: 5, X: 10, L: 50, C: 100, D: 500, M: 1000 }
const WELL_FORMED = /^M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})$/

/** The value of a well-formed Roman numeral, or undefined. */
export function roman(text: string): number | undefined {
  if (text === '' || !WELL_FORMED.test(text)) return undefined
  let total = 0
  for (let at = 0; at < text.length; at++) {
    const value = VALUES[text[at] ?? ''] ?? 0
    total += value < (VALUES[text[at + 1] ?? ''] ?? 0) ? -value : value
  }
  return total
}
