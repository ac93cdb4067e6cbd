import { cardinal, ordinal, year } from './numbers.ts'
import { endsSentence, type Rule, type Scan } from './scan.ts'

const MONTHS = [
  'January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December',
] // prettier-ignore
const MONTH_NAMES = new Set(MONTHS.map(month => month.toLowerCase()))

const ISO = /(\d{4})-(\d{2})-(\d{2})(?![\d-])/y
const NUMERIC = /(\d{1,2})\/(\d{1,2})\/(\d{4}|\d{2})(?![\d/])/y
const SHORT_DATE = /(\d{1,2})\/(\d{1,2})(?![\d/])/y
const BEFORE_MONTH =
  /(\d{1,2})\s(?=(?:January|February|March|April|May|June|July|August|September|October|November|December)\b(?!\s\d{1,2}(?:,|\sat\b)))/y
const DAY = /(\d{1,2})(?![\d:%°$£€]|[.,/-]\d|\s?(?:[ap]\.?m\b|percent|people|per\b))(?=[\s,.;:!?)–-]|$)/y

function spoken(day: number, month: number, years: string, british: boolean): string[] | undefined {
  const name = MONTHS[month - 1]
  if (!name || day < 1 || day > 31) return undefined
  const nth = ordinal(String(day), british)
  const era = years.length === 2 ? cardinal(years, british) : year(years, british)
  return british ? ['the', ...nth, 'of', name, ...era] : [name, ...nth, ...era]
}

/** 2023-05-04, 5/4/2023 (month first; day first in British English, or where the month could not be one). */
export const date: Rule = scan => {
  const iso = scan.look(ISO)
  const numeric = iso ? null : scan.look(NUMERIC)
  const short = !iso && !numeric && scan.wordBefore() === 'on' ? scan.look(SHORT_DATE) : null
  if (short) {
    const [first, second] = [Number(short[1]), Number(short[2])]
    const [day, month] = scan.british ? [first, second] : [second, first]
    const name = MONTHS[month - 1]
    if (!name || day < 1 || day > 31) return false
    const nth = ordinal(String(day), scan.british)
    scan.make(scan.british ? ['the', ...nth, 'of', name] : [name, ...nth], short[0].length)
    return true
  }
  const match = iso ?? numeric
  if (!match) return false
  let words: string[] | undefined
  if (iso) {
    words = spoken(Number(iso[3]), Number(iso[2]), iso[1] ?? '', scan.british)
  } else if (numeric) {
    const [first, second] = [Number(numeric[1]), Number(numeric[2])]
    const dayFirst = first > 12 || (scan.british && second <= 12)
    words = spoken(dayFirst ? first : second, dayFirst ? second : first, numeric[3] ?? '', scan.british)
  }
  if (!words) return false
  scan.make(words, match[0].length)
  return true
}

/** "May 4" → May fourth; "4 May" → the fourth of May. */
export const dayOfMonth: Rule = scan => {
  const before = scan.look(BEFORE_MONTH)
  if (before && Number(before[1]) >= 1 && Number(before[1]) <= 31) {
    const the = scan.wordBefore() === 'the' ? [] : ['the']
    scan.make([...the, ...ordinal(before[1] ?? '', scan.british), 'of'], before[1]?.length ?? 0)
    return true
  }
  const month = scan.previous()
  if (!month || month.kind !== 'word' || !MONTH_NAMES.has(month.text.toLowerCase()) || !/^\p{Lu}/u.test(month.text)) {
    return false
  }
  const match = scan.look(DAY)
  if (!match || Number(match[1]) < 1 || Number(match[1]) > 31) return false
  scan.make([...(scan.british ? ['the'] : []), ...ordinal(match[1] ?? '', scan.british)], match[0].length)
  return true
}

const HALF = '(?:\\s?([ap])\\.?m\\b(\\.?))?'
const CLOCK = new RegExp(`(\\d{1,3}):([0-5]\\d)(?::([0-5]\\d))?(?:[.,]\\d+)?(?![\\d:])${HALF}`, 'iy')
const HOUR = /(\d{1,2})\s?([ap])\.?m\b(\.?)/iy
const DURATION_CUES = new Set([
  'in',
  'took',
  'lasted',
  'lasts',
  'ran',
  'runs',
  'time',
  'length',
  'duration',
  'of',
  'within',
])

/** 7:30 p.m. · 19:05 · 42:15 (minutes and seconds: no clock shows them) · 1:02:03. */
const DAY_NAMES: Readonly<Record<string, string>> = {
  Mon: 'Monday', Tue: 'Tuesday', Tues: 'Tuesday', Wed: 'Wednesday', Thu: 'Thursday', Thurs: 'Thursday', Fri: 'Friday', Sat: 'Saturday',
  Sun: 'Sunday',
} // prettier-ignore
const DAY_RANGE =
  /(Mon|Tues?|Wed|Thu(?:rs)?|Fri|Sat|Sun)\.?\s?([–-])\s?(Mon|Tues?|Wed|Thu(?:rs)?|Fri|Sat|Sun)(?!\p{L})/uy

/** Mon–Fri → Monday to Friday. */
export const dayRange: Rule = scan => {
  const match = scan.look(DAY_RANGE)
  if (!match) return false
  scan.make([DAY_NAMES[match[1] ?? ''] ?? '', 'to', DAY_NAMES[match[3] ?? ''] ?? ''], match[0].length)
  return true
}

export const time: Rule = scan => {
  const clock = scan.look(CLOCK)
  if (clock) {
    const [hours, minutes, seconds] = [clock[1] ?? '', clock[2] ?? '', clock[3]]
    const amount = (value: string, unit: string) =>
      Number(value) === 0 ? [] : [...cardinal(value, scan.british), Number(value) === 1 ? unit : `${unit}s`]
    if (!clock[4] && seconds !== undefined) {
      const parts = [amount(hours, 'hour'), amount(minutes, 'minute'), amount(seconds, 'second')].filter(
        p => p.length > 0,
      )
      scan.make(listed(parts), clock[0].length)
      return true
    }
    if (!clock[4] && Number(hours) > 23) {
      if (/^[A-Z]/.test(scan.previous()?.text ?? '') && !DURATION_CUES.has(scan.wordBefore())) {
        scan.make([...cardinal(hours, scan.british), ...minutesOf(minutes, scan.british)], clock[0].length) // Psalm 119:10
      } else {
        scan.make(
          listed([amount(hours, 'minute'), amount(minutes, 'second')].filter(p => p.length > 0)),
          clock[0].length,
        )
      }
      return true
    }
    const half = clock[4]
    const bare = clock[0].length - (half ? suffixLength(clock[0]) : 0)
    const oClock = minutes === '00'
    const words = oClock
      ? [
          ...cardinal(hours, scan.british),
          ...(half ? [] : Number(hours) <= 12 && Number(hours) > 0 ? ["o'clock"] : ['hundred']),
        ]
      : [...cardinal(hours, scan.british), ...minutesOf(minutes, scan.british)]
    scan.make(words, bare)
    if (half) sayHalf(scan, half, clock[0].slice(bare))
    return true
  }
  const hour = scan.look(HOUR)
  if (!hour || Number(hour[1]) > 24) return false
  const bare = (hour[1] ?? '').length
  scan.make(cardinal(hour[1] ?? '', scan.british), bare)
  sayHalf(scan, hour[2] ?? '', hour[0].slice(bare))
  return true
}

function minutesOf(minutes: string, british: boolean): string[] {
  return minutes.startsWith('0') ? ['oh', ...cardinal(minutes, british)] : cardinal(minutes, british)
}

function suffixLength(text: string): number {
  return /\s?[ap]\.?m\.?$/i.exec(text)?.[0].length ?? 0
}

/** "p.m.": its last stop stays with it unless it also ends the sentence. */
function sayHalf(scan: Scan, half: string, suffix: string): void {
  const lead = suffix.length - suffix.trimStart().length
  scan.at += lead
  const body = suffix.trim()
  const dotted = body.endsWith('.')
  const ends =
    /^[ap]m\.$/i.test(body) || (dotted && (endsSentence(scan, body.length) || newSentence(scan, body.length)))
  scan.say([`${half.toUpperCase()}M`], ends ? body.length - 1 : body.length, { how: 'letters' })
}

const CAPITAL_NEXT = /\s+(\p{Lu}\p{L}{0,30})/uy
/** After "5 p.m.", a capital begins a sentence unless it names a day or a time zone. */
function newSentence(scan: Scan, offset: number): boolean {
  const next = scan.look(CAPITAL_NEXT, offset)?.[1]
  return (
    next !== undefined &&
    !/^(?:[A-Z]{2,5}|Eastern|Pacific|Central|Mountain|Greenwich|\p{L}+day|Jan\p{L}*|Feb\p{L}*|Mar\p{L}*|Apr\p{L}*|May|June?|July?|Aug\p{L}*|Sept?\p{L}*|Oct\p{L}*|Nov\p{L}*|Dec\p{L}*)$/u.test(
      next,
    )
  )
}

function listed(parts: readonly string[][]): string[] {
  const last = parts.at(-1) ?? ['zero']
  return parts.length < 2 ? [...last] : [...parts.slice(0, -1).flat(), 'and', ...last]
}
