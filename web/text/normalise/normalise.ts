import type { Lang } from '#protocol/speech.ts'
import { abbreviation, initial, initialism, shorthand } from './abbreviations.ts'
import { clean, cleanedOffset, sourceSpan } from './clean.ts'
import { date, dayOfMonth, dayRange, time } from './dates.ts'
import { feet, figure, phone, price, vulgarFraction } from './figures.ts'
import { link, romanNumeral } from './names.ts'
import { Scan, type Rule } from './scan.ts'
import { sign } from './signs.ts'
import {
  DIGIT_LIMIT,
  WORD_LIMIT,
  type Fixed,
  type Normalised,
  type Skipped,
  type SkipReason,
  type Unit,
} from './types.ts'

const FIGURE_RULES: readonly Rule[] = [date, phone, time, feet, vulgarFraction, dayOfMonth, price, figure]
const WORD_RULES: readonly Rule[] = [link, dayRange, shorthand, initialism, abbreviation, initial, romanNumeral]

const SPACE = /\s+/y
const WORD = new RegExp(`(?:\\p{Script=Latin}\\p{M}{0,4}){1,${WORD_LIMIT}}`, 'uy')
const REST_OF_WORD = /(?:\p{Script=Latin}\p{M}*)+/uy
const REST_OF_NUMBER = /\d+/y
const PRICED = /[-−]?(?:US|CA|AU|NZ|HK|[CA])?[$£€¥₹₽₩₪₺₴₿]\s?\.?\d/y
const POINT = /\.\d/y
const BRACKETED_PHONE = /[(+]\d/y
const APOSTROPHE_DECADE = /'(?=\d0s)/y
const SILENT = /[\x20-\x7e™®ªº•·]/y
const EMOJI = /(?:\p{Extended_Pictographic}|\p{Regional_Indicator}|[\u{1F3FB}-\u{1F3FF}]|\u200d|\ufe0f|\u20e3)+/uy
const OTHER_SCRIPT = /[\p{L}\p{M}\p{N}\u3000-\u3003\u3005-\u301f\uff00-\uffef]+/uy
const REST = /[^\s\p{L}\p{N}]/uy

/**
 * Reads `text` as English: figures, dates, prices, units, abbreviations and signs become words, each with the stretch
 * of the source that it came from. Never throws; linear in the length of the text.
 * @param fixed stretches whose reading is given, in order, not overlapping
 */
export function normalise(
  text: string,
  options: { readonly lang: Lang; readonly fixed?: readonly Fixed[] },
): Normalised {
  const cleaned = clean(text)
  const scan = new Scan(cleaned.text, options.lang === 'en-gb')
  const skipped: Skipped[] = [...cleaned.skipped]
  const fixed = (options.fixed ?? []).map(item => ({
    ...item,
    start: cleanedOffset(cleaned, item.from),
    end: cleanedOffset(cleaned, item.to),
  }))
  let nextFixed = 0
  const skip = (length: number, reason: SkipReason) => {
    const last = skipped.at(-1)
    const span = sourceSpan(cleaned, scan.at, scan.at + length)
    if (last?.reason === reason && last.to === span.from) skipped[skipped.length - 1] = { ...last, to: span.to }
    else skipped.push({ ...span, reason })
    scan.at += length
  }

  while (scan.at < cleaned.text.length) {
    const space = scan.look(SPACE)
    if (space) {
      scan.at += space[0].length
      continue
    }
    while (fixed[nextFixed] && (fixed[nextFixed]?.end ?? 0) <= scan.at) nextFixed++
    const given = fixed[nextFixed]
    if (given && given.start <= scan.at) {
      readFixed(scan, given, given.end - scan.at, options.lang)
      nextFixed++
      continue
    }
    readNext(scan, skip)
  }
  const units = scan.units.map((unit): Unit => ({ ...unit, ...sourceSpan(cleaned, unit.from, unit.to) }))
  skipped.sort((a, b) => a.from - b.from)
  return { units, skipped, text: line(units) }
}

function readNext(scan: Scan, skip: (length: number, reason: SkipReason) => void): void {
  const char = scan.char()
  if (/\d/.test(char)) {
    for (const rule of FIGURE_RULES) if (rule(scan)) break
    // A longer number than is read leaves digits behind.
    const rest = /\d/.test(scan.char(-1)) ? scan.look(REST_OF_NUMBER) : null
    if (rest && scan.text.slice(scan.at - DIGIT_LIMIT, scan.at).match(/^\d+$/)) skip(rest[0].length, 'too-long')
    return
  }
  if (char === 'x' && /\d/.test(scan.char(-1)) && /\d/.test(scan.char(1))) return scan.make(['by'], 1) // 4x100
  if (scan.look(WORD)) {
    if (scan.look(PRICED) && price(scan)) return
    if (!/[\p{L}\p{N}]/u.test(scan.char(-1)) || scan.char(-1) === '')
      for (const rule of WORD_RULES) if (rule(scan)) return
    word(scan, skip)
    return
  }
  if (scan.look(PRICED) && price(scan)) return
  if (scan.look(POINT) && !/[\p{L}\p{N}.]/u.test(scan.char(-1)) && figure(scan)) return
  if (scan.look(BRACKETED_PHONE) && phone(scan)) return
  if (/[¼-¾⅐-⅞]/.test(char) && vulgarFraction(scan)) return
  if (scan.look(APOSTROPHE_DECADE)) {
    scan.at++
    return
  }
  if (char === "'" && apostropheWord(scan)) return
  if (sign(scan)) return
  if (scan.look(SILENT)) {
    scan.at++
    return
  }
  const emoji = scan.look(EMOJI)
  if (emoji) return skip(emoji[0].length, 'emoji')
  const other = scan.look(OTHER_SCRIPT)
  if (other) return skip(other[0].length, 'script')
  skip(scan.look(REST)?.[0].length ?? 1, 'symbol')
}

const PLAIN = new RegExp(`(?:\\p{Script=Latin}\\p{M}{0,4}){1,${WORD_LIMIT}}(?:'\\p{Script=Latin}{1,20}){0,4}`, 'uy')
const COMPOUND_PART = /-(?:\p{Script=Latin}\p{M}{0,4}){1,60}(?:'\p{Script=Latin}{1,20}){0,4}(?![\p{L}\p{N}])/uy

/** A word with its apostrophes and hyphens; "B2B" comes in pieces. */
function word(scan: Scan, skip: (length: number, reason: SkipReason) => void): void {
  const first = scan.look(PLAIN)
  if (!first) return skip(1, 'symbol')
  let length = first[0].length
  const cut = length >= WORD_LIMIT
  if (!cut) {
    for (let part = scan.look(COMPOUND_PART, length); part && length + part[0].length <= WORD_LIMIT;) {
      length += part[0].length
      part = scan.look(COMPOUND_PART, length)
    }
    // The apostrophe of "the boys' room" and "dancin'".
    if (
      !scan.openQuote &&
      scan.char(length) === "'" &&
      /[sn]/i.test(scan.char(length - 1)) &&
      !/[\p{L}\p{N}]/u.test(scan.char(length + 1))
    )
      length++
  }
  scan.say([scan.text.slice(scan.at, scan.at + length)], length)
  if (cut) {
    const rest = scan.look(REST_OF_WORD)
    if (rest) skip(rest[0].length, 'too-long')
  }
}

const CLIPPED = /'(?:cause|em|til|tis|twas|round|bout|neath|twere|twill|n'?|gainst|cept|fraid|tween|pon)(?!\p{L})/iuy

/** 'tis, 'em: the apostrophe is part of the word. */
function apostropheWord(scan: Scan): boolean {
  if (/\p{L}/u.test(scan.char(-1))) return false
  const match = scan.look(CLIPPED)
  if (match) scan.say([match[0]], match[0].length)
  return match !== null
}

function readFixed(scan: Scan, given: Fixed, length: number, lang: Lang): void {
  const extra = { fixed: given.by }
  if (given.ipa !== undefined) scan.say([given.ipa], length, { ...extra, how: 'ipa' })
  else {
    const inner = normalise(given.as ?? '', { lang }).units
    const glued = scan.isGlued()
    inner.forEach((unit, index) =>
      scan.units.push({
        ...unit,
        ...extra,
        from: scan.at,
        to: scan.at + length,
        glued: index === 0 ? glued : unit.glued,
      }),
    )
    scan.at += length
  }
}

/** Units as one line: a space between words, none before a closing mark. */
function line(units: readonly Unit[]): string {
  const parts: string[] = []
  units.forEach((unit, index) => {
    if (index > 0 && spaceBefore(units[index - 1], unit)) parts.push(' ')
    parts.push(unit.text)
  })
  return parts.join('')
}

/** Whether a space stands between two units when they are written out. */
export function spaceBefore(before: Unit | undefined, unit: Unit): boolean {
  if (!before) return false
  return (before.kind === 'word' && unit.kind === 'word') || !unit.glued
}
