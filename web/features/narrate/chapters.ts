import type { Chapter } from '#protocol/projects.ts'

/** A chapter's title, or its number while it has none. */
export function chapterName(
  chapter: Pick<Chapter, 'title'>,
  index: number,
  t: (key: string, values: Record<string, unknown>) => string,
): string {
  return chapter.title.trim() || t('narrate.chapters.numbered', { number: index + 1 })
}
