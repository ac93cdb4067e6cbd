import type { Project } from '#protocol/projects.ts'
import { parseMarks } from '#text/marks/parse.ts'

/**
 * A project as plain text: chapters under their titles where there are several, blank lines between paragraphs. Marks
 * for pauses and pronunciation are for the Narrate room and left out.
 */
export function projectText({ chapters }: Project): string {
  const blocks = chapters.flatMap(({ title, paragraphs }) => [
    ...(chapters.length > 1 ? [title.trim()] : []),
    ...paragraphs.map(({ text }) => withoutMarks(text)),
  ])
  const kept = blocks.filter(block => block !== '')
  return kept.length === 0 ? '' : `${kept.join('\n\n')}\n`
}

function withoutMarks(text: string): string {
  const { plain, marks } = parseMarks(text)
  if (marks.length === 0) return text.trim()
  return plain
    .replace(/ {2,}/g, ' ')
    .replace(/ ([.,;:!?…’”)])/g, '$1')
    .trim()
}
