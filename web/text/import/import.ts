import { SeamError } from '#protocol/errors.ts'
import { decodeText, notText } from './decode.ts'
import { parseHtml } from './html.ts'
import { parseMarkdown } from './markdown.ts'
import { parsePlain } from './plain.ts'
import type { ImportedChapter, ImportedText, ImportNote } from './types.ts'

/** The largest text file, bytes: some 3,000,000 words, more than any book has. */
export const MAX_IMPORT_BYTES = 20 * 1024 * 1024
/** The largest Markdown or HTML file, bytes. Larger ones are read as plain text. */
export const MAX_MARKUP_BYTES = 5 * 1024 * 1024
/** The longest paragraph, UTF-16 units. Longer ones are cut at a sentence or a space. */
export const MAX_PARAGRAPH = 20_000

/** What `importText` reads, by the end of the file's name. */
export const IMPORT_EXTENSIONS = ['txt', 'text', 'md', 'markdown', 'html', 'htm', 'xhtml'] as const

/**
 * Reads a text file into chapters and paragraphs. What is kept is the text as shown; nothing is said another way here.
 * @param name the file's name; its ending tells Markdown and HTML, all else is plain text
 * @throws SeamError bad-input when the file is too large or has no text, unsupported when it is not text
 */
export function importText(name: string, bytes: Uint8Array): ImportedText {
  if (bytes.length > MAX_IMPORT_BYTES) {
    throw new SeamError(
      'bad-input',
      `“${name}” has ${Math.ceil(bytes.length / 1048576)} MB; text files up to ${MAX_IMPORT_BYTES / 1048576} MB can be imported. Nothing was imported; split the file into parts.`,
      { details: { bytes: bytes.length, limit: MAX_IMPORT_BYTES } },
    )
  }
  const kind = notText(bytes)
  if (kind !== undefined) {
    throw new SeamError(
      'unsupported',
      `“${name}” is ${kind}, not a text file. Nothing was imported; save its text as .txt, .md or .html and import that.`,
      { details: { name } },
    )
  }
  const decoded = decodeText(bytes)
  const extension = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? ''
  const markup = bytes.length <= MAX_MARKUP_BYTES
  const parsed =
    markup && (extension === 'md' || extension === 'markdown')
      ? parseMarkdown(decoded.text)
      : markup && (/^x?html?$/.test(extension) || /^\s*<(?:!doctype html|html)\b/i.test(decoded.text.slice(0, 500)))
        ? parseHtml(decoded.text)
        : parsePlain(decoded.text)
  const notes = new Set<ImportNote>([...decoded.notes, ...parsed.notes])
  const chapters = parsed.chapters.map(chapter => bounded(chapter, notes))
  if (chapters.length === 0) {
    throw new SeamError('bad-input', `“${name}” holds no text. Nothing was imported; choose another file.`, {
      details: { name },
    })
  }
  return {
    title: parsed.title ?? titleFrom(name),
    ...(parsed.author && { author: parsed.author }),
    chapters,
    notes: [...notes],
  }
}

function titleFrom(name: string): string {
  const base = name.split(/[\\/]/).at(-1) ?? name
  return (
    base
      .replace(/\.[a-z0-9]{1,8}$/i, '')
      .replaceAll('_', ' ')
      .trim() || base
  )
}

function bounded(chapter: ImportedChapter, notes: Set<ImportNote>): ImportedChapter {
  if (chapter.paragraphs.every(paragraph => paragraph.length <= MAX_PARAGRAPH)) return chapter
  notes.add('paragraphs-split')
  return { ...chapter, paragraphs: chapter.paragraphs.flatMap(cutParagraph) }
}

function cutParagraph(text: string): string[] {
  const parts: string[] = []
  let at = 0
  while (text.length - at > MAX_PARAGRAPH) {
    const piece = text.slice(at, at + MAX_PARAGRAPH)
    let end =
      Math.max(piece.lastIndexOf('. '), piece.lastIndexOf('! '), piece.lastIndexOf('? '), piece.lastIndexOf('。')) + 1
    if (end <= MAX_PARAGRAPH / 2) end = piece.lastIndexOf(' ') + 1
    if (end <= 1) end = /[\ud800-\udbff]$/.test(piece) ? MAX_PARAGRAPH - 1 : MAX_PARAGRAPH
    parts.push(text.slice(at, at + end).trim())
    at += end
  }
  parts.push(text.slice(at).trim())
  return parts.filter(Boolean)
}
