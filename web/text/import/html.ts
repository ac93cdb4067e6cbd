import { settled } from './chapters.ts'
import { entities } from './entities.ts'
import type { ImportedChapter, Parsed } from './types.ts'

const DROPPED = new Set([
  'script',
  'style',
  'noscript',
  'template',
  'svg',
  'math',
  'nav',
  'iframe',
  'object',
  'select',
  'textarea',
  'button',
])
const RAW = new Set(['script', 'style', 'textarea'])
const INLINE = new Set(
  'a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark q rp rt ruby s samp small span strike strong sub sup time tt u var wbr'.split(
    ' ',
  ),
)
// Quoted attribute values may hold ">". Bounds keep an unclosed tag from being looked through again and again.
const TAG =
  /<!--[\s\S]*?(?:-->|$)|<(?:!|\?)[^>]*>|<(\/?)([a-z][a-z0-9:-]{0,40})((?:[^>"']|"[^"]{0,4000}"|'[^']{0,4000}'){0,400})>/gi

/** The text of an HTML page in reading order: blocks are paragraphs, h1 and h2 chapters; no script runs, nothing is fetched. */
export function parseHtml(html: string): Parsed {
  const chapters: ImportedChapter[] = []
  let title: string | undefined
  let heading = ''
  let paragraphs: string[] = []
  let words = ''
  let inHeading = false
  let inTitle = false
  let dropped = ''
  const tidied = () => {
    const text = entities(words).replace(/\s+/g, ' ').trim()
    words = ''
    return text
  }
  const flushChapter = () => {
    if (heading !== '' || paragraphs.length > 0) chapters.push({ title: heading, paragraphs })
    paragraphs = []
  }
  const flush = () => {
    const text = tidied()
    if (!text) return
    if (inTitle) title ??= text
    else if (inHeading) {
      flushChapter()
      heading = text
    } else paragraphs.push(text)
  }
  let at = 0
  TAG.lastIndex = 0
  for (let match = TAG.exec(html); match; match = TAG.exec(html)) {
    if (dropped === '') words += html.slice(at, match.index)
    at = match.index + match[0].length
    const name = match[2]?.toLowerCase()
    if (name === undefined) continue
    const closing = match[1] === '/'
    if (dropped !== '') {
      if (closing && name === dropped) dropped = ''
      continue
    }
    if (INLINE.has(name)) continue
    if (!closing && DROPPED.has(name) && !match[3]?.endsWith('/')) {
      dropped = name
      if (RAW.has(name)) {
        // What stands in there is no markup, whatever it looks like.
        const end = html
          .slice(at)
          .search(name === 'script' ? /<\/script/i : name === 'style' ? /<\/style/i : /<\/textarea/i)
        if (end < 0) break
        TAG.lastIndex = at + end
      }
      continue
    }
    flush()
    if (name === 'h1' || name === 'h2') inHeading = !closing
    if (name === 'title') inTitle = !closing
  }
  if (dropped === '') words += html.slice(at)
  flush()
  flushChapter()
  const settledChapters = settled(chapters)
  return {
    ...(title && { title }),
    chapters: settledChapters,
    notes: settledChapters.some(chapter => chapter.title)
      ? ['formatting-dropped', 'chapters-found']
      : ['formatting-dropped'],
  }
}
