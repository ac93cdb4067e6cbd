import { lexer, type Token, type Tokens } from 'marked'
import { settled } from './chapters.ts'
import { entities } from './entities.ts'
import type { ImportedChapter, ImportNote, Parsed } from './types.ts'

// `[Nguyen](/wˈɪn/)` is a pronunciation (text/marks), `[docs](/docs/)` a link: IPA has letters beyond ASCII.
const IPA_LINK = /^\/[^/()\n]*[^\x00-\x7f/()\n][^/()\n]*\/$/
const FRONT_MATTER = /^---\n[\s\S]{0,10000}?\n---\n/

/** What a reader would say of inline Markdown: no formatting, no addresses, no code fences. */
function spoken(tokens: readonly Token[] | undefined): string {
  return (tokens ?? []).map(inline).join('')
}

function inline(token: Token): string {
  switch (token.type) {
    case 'br':
      return '\n'
    case 'link': {
      const link = token as Tokens.Link
      return IPA_LINK.test(link.href) || IPA_LINK.test(decoded(link.href))
        ? `[${spoken(link.tokens)}](${decoded(link.href)})`
        : spoken(link.tokens)
    }
    case 'image':
      return (token as Tokens.Image).text
    case 'html':
      return ''
    case 'codespan':
    case 'escape':
      return entities((token as Tokens.Codespan).text)
    default: {
      const inner = (token as { tokens?: Token[] }).tokens
      return inner ? spoken(inner) : entities((token as { text?: string }).text ?? '')
    }
  }
}

function decoded(href: string): string {
  try {
    return decodeURI(href)
  } catch {
    return href
  }
}

function blockText(token: Token): string[] {
  switch (token.type) {
    case 'paragraph':
    case 'text':
    case 'heading': {
      const inner = (token as Tokens.Paragraph).tokens
      const text = inner ? spoken(inner) : entities((token as Tokens.Text).text)
      return text.split(/\n{2,}/)
    }
    case 'blockquote':
      return ((token as Tokens.Blockquote).tokens ?? []).flatMap(blockText)
    case 'list':
      return (token as Tokens.List).items.flatMap(item => item.tokens.flatMap(blockText))
    case 'table': {
      const { header, rows } = token as Tokens.Table
      return [header, ...rows].map(row => row.map(cell => spoken(cell.tokens)).join(', '))
    }
    // Code is not for reading aloud; what is between tags is, and Markdown inside HTML is rare.
    case 'code':
    case 'html':
    case 'hr':
    case 'space':
    case 'def':
    default:
      return []
  }
}

const tidy = (text: string): string =>
  text
    .replace(/\s*\n\s*/g, ' ')
    .replace(/[^\S\n]+/g, ' ')
    .trim()

/** Markdown (CommonMark and tables): the first two levels of headings in use are title and chapters. */
export function parseMarkdown(text: string): Parsed {
  const notes = new Set<ImportNote>()
  const tokens = lexer(text.replace(FRONT_MATTER, ''))
  const levels = tokens.flatMap(token => (token.type === 'heading' ? [(token as Tokens.Heading).depth] : []))
  const top = Math.min(...levels, 7)
  const only = levels.filter(depth => depth === top).length === 1
  // One heading above all others is the book's title, if there are others below it to be chapters.
  const titled = only && levels.length > 1 && levels[0] === top
  const chapterLevel = titled ? Math.min(...levels.filter(depth => depth > top)) : top

  const chapters: ImportedChapter[] = []
  let title: string | undefined
  let heading = ''
  let paragraphs: string[] = []
  const flush = () => {
    if (heading !== '' || paragraphs.length > 0) chapters.push({ title: heading, paragraphs })
    paragraphs = []
  }
  for (const token of tokens) {
    if (token.type === 'heading') {
      const words = tidy(blockText(token).join(' '))
      const { depth } = token as Tokens.Heading
      if (titled && depth === top) title = words
      else if (depth <= chapterLevel) {
        flush()
        heading = words
        notes.add('chapters-found')
      } else if (words) paragraphs.push(words)
    } else paragraphs.push(...blockText(token).map(tidy).filter(Boolean))
    if (token.type === 'code' || token.type === 'html') notes.add('formatting-dropped')
  }
  flush()
  return { ...(title && { title }), chapters: settled(chapters), notes: [...notes] }
}
