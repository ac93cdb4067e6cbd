import type { ImportedChapter } from './types.ts'

const NUMBER =
  '(?:\\d{1,4}|[IVXLCDM]{1,9}|(?:the )?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|last)|(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[- ](?:one|two|three|four|five|six|seven|eight|nine))?))'
const NUMBERED = new RegExp(
  `^(chapter|part|book|volume|section|canto|act|scene|stave|letter|kapitel|chapitre|capítulo|capitolo)\\s+${NUMBER}(?=$|[\\s.:,—–-])`,
  'i',
)
const NAMED =
  /^(?:prologue|epilogue|preface|foreword|introduction|afterword|conclusion|appendix(?: [A-Z\d])?|acknowledge?ments|interlude)[.:]?$/i
const ROMAN_ALONE = /^([IVXLC]{1,8})\.?$/
const OUTER = /^(?:part|book|volume|act)\b/i
/** A heading is short. */
export const MAX_HEADING = 120

/** Whether a block of lines is a heading such as "CHAPTER IV. The Rabbit". */
export function isHeading(lines: readonly string[]): boolean {
  if (lines.length > 3) return false
  const text = lines.map(line => line.trim()).join(' ')
  if (text.length > MAX_HEADING) return false
  if (NAMED.test(text)) return true
  const match = NUMBERED.exec(text)
  if (!match) return false
  const rest = text.slice(match[0].length).trim()
  // "Chapter 3 was dull." is a sentence; "Chapter 3 The Pool" and "CHAPTER 3. What followed" are headings.
  return (
    rest === '' ||
    /^[.:,—–-]/.test(rest) ||
    (!/[.!?]$/.test(rest) && !/^\p{Ll}/u.test(rest)) ||
    rest === rest.toUpperCase()
  )
}

export const headingText = (lines: readonly string[]): string =>
  lines
    .map(line => line.trim())
    .join(' ')
    .replace(/\s+/g, ' ')

const VALUES: Readonly<Record<string, number>> = { I: 1, V: 5, X: 10, L: 50, C: 100 }
function romanValue(text: string): number {
  let value = 0
  for (let at = 0; at < text.length; at++) {
    const here = VALUES[text[at] ?? ''] ?? 0
    value += here < (VALUES[text[at + 1] ?? ''] ?? 0) ? -here : here
  }
  return value
}

/** Blocks that are lone Roman numerals counting up from I: chapters without a name. */
export function romanHeadings(blocks: readonly (readonly string[])[]): Set<number> {
  const found = new Set<number>()
  let expected = 1
  blocks.forEach((block, index) => {
    const roman = block.length === 1 ? ROMAN_ALONE.exec((block[0] ?? '').trim())?.[1] : undefined
    if (roman === undefined) return
    const value = romanValue(roman)
    // A new part may count from I again.
    if (value === expected || (value === 1 && expected > 2)) {
      found.add(index)
      expected = value + 1
    }
  })
  return found.size >= 2 ? found : new Set()
}

/**
 * Takes away chapters without text: a table of contents (their titles come again later), or a part's title right before
 * its first chapter's, which it then precedes ("PART ONE — Chapter 1").
 */
export function settled(chapters: readonly ImportedChapter[]): ImportedChapter[] {
  const lastOf = new Map(chapters.map((chapter, index) => [chapter.title.toLowerCase(), index]))
  const kept: ImportedChapter[] = []
  let outer = ''
  chapters.forEach((chapter, index) => {
    if (chapter.paragraphs.length > 0) {
      kept.push(outer ? { ...chapter, title: `${outer} — ${chapter.title}` } : chapter)
      outer = ''
    } else if (chapter.title !== '' && lastOf.get(chapter.title.toLowerCase()) === index) {
      if (OUTER.test(chapter.title) && index < chapters.length - 1) outer = chapter.title
      else kept.push({ ...chapter, paragraphs: [chapter.title] })
    }
  })
  return kept
}
