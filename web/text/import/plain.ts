import { headingText, isHeading, romanHeadings, settled } from './chapters.ts'
import { blocksOf, paragraphsOf, wrapWidth } from './lines.ts'
import type { ImportedChapter, ImportNote, Parsed } from './types.ts'

// How a well-known library of free books frames its texts.
const BOOK_START = /^\*\*\* ?START OF (?:THE|THIS) PROJECT GUTENBERG EBOOK.*$/im
const BOOK_END = /^\*\*\* ?END OF (?:THE|THIS) PROJECT GUTENBERG EBOOK/im
const field = (name: string, text: string): string | undefined =>
  new RegExp(`^${name}:[^\\S\\n]*(\\S.{0,200})$`, 'im').exec(text)?.[1]?.trim()

/** Plain text: paragraphs by blank lines or by lines, wrapped lines joined, chapters by their headings. */
export function parsePlain(text: string): Parsed {
  const notes = new Set<ImportNote>()
  let body = text
  let title: string | undefined
  let author: string | undefined
  const start = BOOK_START.exec(text.slice(0, 20_000))
  if (start) {
    const front = text.slice(0, start.index)
    title = field('Title', front)
    author = field('Author', front)
    body = text.slice(start.index + start[0].length)
    const end = BOOK_END.exec(body)
    if (end) body = body.slice(0, end.index)
    notes.add('licence-text-dropped')
  }
  const blocks = blocksOf(body)
  const width = wrapWidth(blocks)
  const headings = new Set<number>()
  blocks.forEach((block, index) => {
    if (isHeading(block)) headings.add(index)
  })
  if (headings.size === 0) for (const index of romanHeadings(blocks)) headings.add(index)

  const chapters: ImportedChapter[] = []
  let paragraphs: string[] = []
  let heading = ''
  const flush = () => {
    if (heading !== '' || paragraphs.length > 0) chapters.push({ title: heading, paragraphs })
    paragraphs = []
  }
  blocks.forEach((block, index) => {
    if (headings.has(index)) {
      flush()
      heading = headingText(block)
    } else if (width === undefined && block.some(line => isHeading([line]))) {
      // No blank lines around the headings: each line stands for itself.
      for (const line of block) {
        if (isHeading([line])) {
          flush()
          heading = headingText([line])
          headings.add(index)
        } else paragraphs.push(...paragraphsOf([line], width, notes))
      }
    } else paragraphs.push(...paragraphsOf(block, width, notes))
  })
  flush()
  if (headings.size > 0) notes.add('chapters-found')
  return { ...(title && { title }), ...(author && { author }), chapters: settled(chapters), notes: [...notes] }
}
