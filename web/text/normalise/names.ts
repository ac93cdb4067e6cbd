import { cardinal, ordinal, roman } from './numbers.ts'
import type { Rule, Scan } from './scan.ts'

const NUMERAL = /([IVXLCDM]{1,12})(?![\p{L}\p{N}'’]|\.\p{L}|-\p{L})/uy
const COUNTED = new Set(
  'chapter part act scene book volume section war phase type class grade level stage article title appendix figure table plate canto episode season verse vol no number mark type apollo saturn group tier schedule exhibit unit lesson division'.split(
    ' ',
  ),
)
const REIGNING = new Set(
  (
    'louis henry edward george james charles william richard elizabeth mary john paul pius benedict gregory leo clement innocent ' +
    'urban alexander nicholas peter catherine frederick philip ferdinand francis napoleon wilhelm otto ivan haakon harald ' +
    'gustav christian olav albert leopold baudouin ramesses ptolemy cleopatra darius xerxes artaxerxes mehmed murad selim ' +
    'suleiman boniface sixtus julius adrian celestine eugene stephen victor alfonso sancho juan carlos felipe pedro manuel ' +
    'robert david malcolm kenneth constantine justinian theodosius michael basil romanos edmund harold'
  ).split(' '),
)
const FIFTHS = new Set([
  'george V',
  'henry V',
  'charles V',
  'edward V',
  'philip V',
  'charles X',
  'pius X',
  'leo X',
  'paul V',
])
const RANKS = new Set('king queen pope emperor tsar czar kaiser prince duke sultan pharaoh saint elizabeth'.split(' '))
/** Well-formed numerals that are far more often something else. */
const NOT_NUMERALS = new Set([
  'I',
  'C',
  'D',
  'L',
  'M',
  'CD',
  'DC',
  'MD',
  'DI',
  'LI',
  'MI',
  'CV',
  'CC',
  'DM',
  'MM',
  'MC',
  'CI',
  'CM',
  'XL',
  'XXL',
  'DX',
  'LC',
  'MX',
  'CL',
  'DL',
  'ML',
  'DV',
  'MV',
  'CX',
  'LV',
])

/** Chapter IV → four; Louis XIV → the fourteenth; World War II → two. */
export const romanNumeral: Rule = scan => {
  const match = scan.look(NUMERAL)
  const text = match?.[1] ?? ''
  const value = roman(text)
  if (value === undefined || value === 0) return false
  const before = scan.wordBefore()
  const source = scan.previous()?.text ?? ''
  const capital = /^\p{Lu}/u.test(source)
  if (COUNTED.has(before)) {
    if (text === 'I' && !/\p{Lu}/u.test(source) && /^\s\p{Ll}/u.test(scan.text.slice(scan.at + 1, scan.at + 3)))
      return false
    scan.make(cardinal(String(value), scan.british), text.length)
    return true
  }
  const ranked = RANKS.has(scan.wordBefore(1))
  if (capital && REIGNING.has(before) && (text.length > 1 || ranked || FIFTHS.has(`${before} ${text}`))) {
    scan.make(['the', ...ordinal(String(value), scan.british)], text.length)
    return true
  }
  if (text.length < 2 || NOT_NUMERALS.has(text) || !/^[IVX]+$/.test(text)) return false
  if (!capital && scan.units.length > 0 && !looseNumeral(scan)) return false
  scan.make(cardinal(String(value), scan.british), text.length)
  return true
}

/** "IV." at the head of a line, "and XII". */
function looseNumeral(scan: Scan): boolean {
  return scan.previous()?.made === true || ['and', 'to', 'or', 'through', 'century'].includes(scan.wordBefore())
}

const LINK =
  /(?:(https?|ftp):\/\/)?((?:[\w-]{1,63}\.){1,8}[a-z]{2,24})(:\d{1,5})?((?:\/[\w\-.~%+&=?#/:@!$*]{0,300})?)(?![\w@])/iuy
const MAIL = /(?:mailto:)?([\w.+-]{1,64})@((?:[\w-]{1,63}\.){1,8}[a-z]{2,24})(?!\w)/iuy
const DOMAINS = new Set(
  'com org net edu gov mil int info biz io ai app dev co uk us ca de fr eu jp cn in au nz ie ch at be nl es it se no fi dk pl cz ru br mx tv me fm ly so sh xyz blog tech online site store page cloud news example test localhost'.split(
    ' ',
  ),
)
const LETTERS_IN_LINKS = /^(?:www|https?|ftp|uk|us|eu|io|ai|tv|fm|html|php|pdf|jp|au|nz|xyz|edu)$/

/** example.org/help → example dot org slash help; support@example.org → support at example dot org. */
export const link: Rule = scan => {
  const mail = scan.look(MAIL)
  if (mail) {
    sayParts(scan, `${mail[1] ?? ''}@${mail[2] ?? ''}`, mail[0].length)
    return true
  }
  const match = scan.look(LINK)
  if (!match) return false
  const host = match[2] ?? ''
  const top = host.slice(host.lastIndexOf('.') + 1)
  if (!match[1] && !host.startsWith('www.') && (!DOMAINS.has(top) || (/^\p{Lu}/u.test(top) && !match[4]))) return false
  // A stop or a comma at the end belongs to the sentence.
  const path = (match[4] ?? '').replace(/[.,!?:;]+$/, '')
  const length = match[0].length - ((match[4] ?? '').length - path.length)
  sayParts(scan, `${host}${match[3] ?? ''}${path.replace(/\/$/, '')}`, length)
  return true
}

const SIGNS: Readonly<Record<string, string>> = {
  '.': 'dot', '/': 'slash', '@': 'at', '-': 'dash', _: 'underscore', ':': 'colon', '+': 'plus', '=': 'equals', '?': 'question mark',
  '#': 'hash', '%': 'percent', '&': 'and', '~': 'tilde',
} // prettier-ignore

function sayParts(scan: Scan, text: string, length: number): void {
  const start = scan.at
  for (const part of text.match(/[a-z]{1,40}|[A-Z][a-z]{0,40}|\d{1,12}|[^a-zA-Z\d]/g) ?? []) {
    scan.at = start
    const sign = SIGNS[part]
    if (sign) scan.make(sign.split(' '), length)
    else if (/^\d/.test(part))
      scan.make(
        part.length > 4 || part.startsWith('0')
          ? [...part].flatMap(d => cardinal(d, scan.british))
          : cardinal(part, scan.british),
        length,
      )
    else if (LETTERS_IN_LINKS.test(part)) scan.say([part.toUpperCase()], length, { how: 'letters' })
    else if (/^\p{L}/u.test(part)) scan.say([part], length)
  }
  scan.at = start + length
}
