import type { ChapterMark } from '../encode/types.ts'
import type { ExportMetadata } from '../types.ts'

const escaped = (text: string): string => text.replace(/[=;#\\\n]/g, '\\$&')

/** Tags and chapters in FFmpeg's metadata format ("Metadata" in its formats manual). @param duration seconds */
export function ffmetadata(
  { title, author, comment }: ExportMetadata,
  chapters: readonly ChapterMark[],
  duration: number,
): string {
  const lines = [
    ';FFMETADATA1',
    `title=${escaped(title)}`,
    `album=${escaped(title)}`,
    'genre=Audiobook',
    'media_type=2',
  ]
  if (author) lines.push(`artist=${escaped(author)}`)
  if (comment) lines.push(`comment=${escaped(comment)}`)
  chapters.forEach((chapter, index) => {
    const ms = (seconds: number) => Math.round(seconds * 1000)
    const end = chapters[index + 1]?.start ?? duration
    lines.push('[CHAPTER]', 'TIMEBASE=1/1000', `START=${ms(chapter.start)}`, `END=${ms(end)}`)
    lines.push(`title=${escaped(chapter.title)}`)
  })
  return lines.join('\n') + '\n'
}
