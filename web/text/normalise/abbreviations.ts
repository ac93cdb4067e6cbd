import { endsSentence, type Rule, type Scan } from './scan.ts'

/** Before a name; their stop never ends a sentence. */
const TITLES: Readonly<Record<string, string>> = {
  Mr: 'Mister', Mrs: 'Missis', Ms: 'Miz', Dr: 'Doctor', Prof: 'Professor', Rev: 'Reverend', Fr: 'Father', Sr: 'Senior',
  Jr: 'Junior', Gen: 'General', Col: 'Colonel', Maj: 'Major', Capt: 'Captain', Cpt: 'Captain', Lt: 'Lieutenant',
  Sgt: 'Sergeant', Cpl: 'Corporal', Adm: 'Admiral', Cmdr: 'Commander', Gov: 'Governor', Sen: 'Senator', Hon: 'Honorable',
  Rep: 'Representative', Pres: 'President', Supt: 'Superintendent', Messrs: 'Messers', Mme: 'Madame', Mlle: 'Mademoiselle',
  Drs: 'Doctors',
  Mt: 'Mount', Ft: 'Fort',
} // prettier-ignore

/** Elsewhere: always read in full when a stop follows. */
const ANYWHERE: Readonly<Record<string, string>> = {
  vs: 'versus', etc: 'et cetera', ave: 'avenue', blvd: 'boulevard', rd: 'road', hwy: 'highway', inc: 'incorporated',
  ltd: 'limited', co: 'company', corp: 'corporation', bros: 'brothers', dept: 'department', univ: 'university', assn: 'association',
  approx: 'approximately', est: 'established', tel: 'telephone', ext: 'extension', misc: 'miscellaneous', jan: 'January',
  feb: 'February', apr: 'April', aug: 'August', sept: 'September', sep: 'September', oct: 'October',
  nov: 'November', dec: 'December', mon: 'Monday', tue: 'Tuesday', tues: 'Tuesday', thu: 'Thursday',
  thur: 'Thursday', thurs: 'Thursday', fri: 'Friday', govt: 'government', mfg: 'manufacturing', intl: 'international',
  natl: 'national', esp: 'especially', cf: 'compare', viz: 'namely', al: 'al', jr: 'Junior', sr: 'Senior', esq: 'Esquire',
} // prettier-ignore
/** Words of their own as well, so only when written as an abbreviation is. */
const CAPITAL_ONLY = new Set([
  'ave',
  'jan',
  'apr',
  'aug',
  'sep',
  'oct',
  'nov',
  'dec',
  'mon',
  'tue',
  'fri',
  'thu',
  'inc',
  'corp',
  'co',
  'esq',
])

/** Only right before a figure. */
const BEFORE_FIGURE: Readonly<Record<string, string>> = {
  no: 'number', nos: 'numbers', fig: 'figure', figs: 'figures', vol: 'volume', vols: 'volumes', ch: 'chapter', chap: 'chapter',
  p: 'page', pp: 'pages', pg: 'page', sec: 'section', sect: 'section', art: 'article', eq: 'equation', ed: 'edition',
  op: 'opus', ca: 'circa', c: 'circa', tel: 'telephone', mar: 'March', jun: 'June', jul: 'July', par: 'paragraph',
} // prettier-ignore

/** Letters with stops between: what they are read as; everything else of that shape is spelled. */
const DOTTED: Readonly<Record<string, readonly string[]>> = {
  'i.e.': ['that', 'is'],
  'e.g.': ['for', 'example'],
}

const ABBREVIATION = /(\p{L}{1,6})\.(?!\p{L})/uy
const INITIALISM =
  /(?:\p{L}\.){2,12}(?:\p{L}(?!\p{L}))?|\p{Lu}\.\p{Lu}(?![\p{L}.])|Ph\.D\.?|M\.Sc\.|B\.Sc\.|e\.g(?!\p{L})|i\.e(?!\p{L})/uy
const NUMERAL_NEXT = /\s[IVXLC]{1,8}(?!\p{L})/uy
const FIGURE_NEXT = /\s{0,2}(?:#\s?)?\d/y
const NAME_NEXT = /\s(?:[A-Z]\.\s?){0,3}\p{Lu}[\p{L}'-]{0,40}/uy

/** Mr. · St. (saint or street) · p. 7 · vs. · etc. */
export const abbreviation: Rule = scan => {
  const match = scan.look(ABBREVIATION)
  const word = match?.[1]
  if (!match || word === undefined) return false
  const length = match[0].length
  const named = scan.look(NAME_NEXT, length)
  const full = street(scan, word, length) ?? title(word, named !== null) ?? elsewhere(scan, word, length)
  if (full === undefined) return false
  const isTitle = word in TITLES && named !== null && !/^[JS]r$/.test(word)
  const ends = !isTitle && (endsSentence(scan, length) || (/^etc$/i.test(word) && named !== null))
  scan.say(full.split(' '), ends ? length - 1 : length)
  return true
}

function title(word: string, named: boolean): string | undefined {
  if (!Object.hasOwn(TITLES, word)) return undefined
  return named || /^(?:Mr|Mrs|Ms|Dr|Prof|Jr|Sr|Sen|Gov|Lt|Sgt|Capt)$/.test(word) ? TITLES[word] : undefined
}

function elsewhere(scan: Scan, word: string, length: number): string | undefined {
  const lower = word.toLowerCase()
  if (Object.hasOwn(BEFORE_FIGURE, lower) && scan.look(FIGURE_NEXT, length)) return BEFORE_FIGURE[lower]
  if (/^(?:vols?|ch|chap|figs?|sect?|art)$/.test(lower) && scan.look(NUMERAL_NEXT, length)) return BEFORE_FIGURE[lower]
  if (!Object.hasOwn(ANYWHERE, lower)) return undefined
  if (CAPITAL_ONLY.has(lower) && (word === lower || (endsSentence(scan, length) && lower === 'mon'))) return undefined
  if (lower === 'al' && scan.wordBefore() !== 'et') return undefined
  if (lower === 'fri' && word !== 'Fri') return undefined
  return ANYWHERE[lower]
}

/** St. and Dr.: a street's kind after its name, otherwise a saint or a doctor. */
function street(scan: Scan, word: string, length: number): string | undefined {
  if (word !== 'St' && word !== 'Dr') return undefined
  const [asKind, asTitle] = word === 'St' ? ['Street', 'Saint'] : ['Drive', 'Doctor']
  const before = scan.previous()
  const afterName = before?.kind === 'word' && /^\p{Lu}\p{Ll}/u.test(before.text) && before.fixed === undefined
  const afterNumber = before?.made === true && /(?:st|nd|rd|th)$/.test(before.text)
  const next = scan.look(NAME_NEXT, length)
  if (!afterName && !afterNumber) return asTitle
  // "Baker St. and", "Baker St." at the end; but "Visit St. Paul", "In St. Louis" keep the saint.
  if (!next || endsSentence(scan, length)) return asKind
  const numbered = scan.previous(1)?.made === true || afterNumber
  return numbered ? asKind : asTitle
}

/** U.S. · p.m. · Ph.D. · e.g. */
export const initialism: Rule = scan => {
  const match = scan.look(INITIALISM)
  if (!match) return false
  const text = match[0]
  const known = DOTTED[text.toLowerCase()] ?? DOTTED[`${text.toLowerCase()}.`]
  if (known) {
    scan.say(known, text.length)
    return true
  }
  if (/^(?:\p{L}\.){2,}\p{L}$/u.test(text) && /^\p{Ll}/u.test(text)) return false // a.b.c: a path, not initials
  const ends = text.endsWith('.') && endsSentence(scan, text.length)
  scan.say([text.replaceAll('.', '').toUpperCase()], ends ? text.length - 1 : text.length, { how: 'letters' })
  return true
}

/** "Vitamin A." ends with a letter, it does not begin a name. */
const LETTERED = new Set(
  'vitamin plan grade section hepatitis type class team group exhibit appendix figure option part point level'.split(
    ' ',
  ),
)
const SHORTHAND: Readonly<Record<string, string>> = { 'w/': 'with', 'w/o': 'without', 'b/c': 'because' }
const SLASHED = /w\/o?(?=\s)|b\/c(?=\s)/y
const COMPASS: Readonly<Record<string, string>> = { 'N.': 'North', 'S.': 'South', 'E.': 'East', 'W.': 'West' }
const HEADING = /[NSEW]\.(?=\s\d{1,3}(?:st|nd|rd|th))/y

/** w/ → with; W. 23rd St. → West. */
export const shorthand: Rule = scan => {
  const match = scan.look(SLASHED) ?? scan.look(HEADING)
  const word = SHORTHAND[match?.[0] ?? ''] ?? COMPASS[match?.[0] ?? '']
  if (!match || word === undefined) return false
  scan.say([word], match[0].length)
  return true
}

const INITIAL = /(\p{Lu})\.(?=\s?(?:\p{Lu}\.|\p{Lu}\p{Ll}))/uy

/** J. R. R. Tolkien: letters without pauses between them. */
export const initial: Rule = scan => {
  const match = scan.look(INITIAL)
  if (!match || endsSentence(scan, 2)) return false
  const before = scan.previous()
  if (LETTERED.has(scan.wordBefore())) return false
  if (match[1] === 'I' && !(before?.how === 'letters')) return false
  scan.say([match[1] ?? ''], 2, { how: 'letters' })
  return true
}
