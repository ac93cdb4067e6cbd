import type { Chapter, Paragraph, Project, ProjectSettings } from '#protocol/projects.ts'
import type { LexiconEntry, VoiceBlend } from '#protocol/speech.ts'
import { newId } from '../../ui/new-id.ts'

// Changes to a project as pure functions: whatever a change does not touch keeps its identity, so that undo is a list
// of projects that share nearly everything, and whoever watches can tell by `===` what to do again.

/** Paragraphs that one chapter may hold before an import cuts it in parts; what the editor shows at once. */
export const MAX_CHAPTER_PARAGRAPHS = 4000

export function newParagraph(text = ''): Paragraph {
  return { id: newId(), text }
}

export function newChapter(title: string, texts: readonly string[] = ['']): Chapter {
  return { id: newId(), title, paragraphs: (texts.length > 0 ? texts : ['']).map(newParagraph) }
}

/** A project that was never stored: revision 0. */
export function newProject(title: string, settings: ProjectSettings, chapters: readonly Chapter[] = []): Project {
  const now = new Date().toISOString()
  return {
    id: newId(),
    title,
    createdAt: now,
    updatedAt: now,
    openedAt: now,
    revision: 0,
    settings,
    lexicon: [],
    chapters: chapters.length > 0 ? chapters : [newChapter('')],
  }
}

/** The same text under new names, as a project of its own. */
export function copyOf(project: Project, title: string): Project {
  const now = new Date().toISOString()
  const { openedAt: _, ...rest } = project
  return { ...rest, id: newId(), title, createdAt: now, updatedAt: now, revision: 0 }
}

export function chapterOf(project: Project, id: string | undefined): Chapter | undefined {
  return project.chapters.find(chapter => chapter.id === id)
}

function withChapter(project: Project, id: string, change: (chapter: Chapter) => Chapter): Project {
  return { ...project, chapters: project.chapters.map(chapter => (chapter.id === id ? change(chapter) : chapter)) }
}

export function setParagraphs(project: Project, chapter: string, paragraphs: readonly Paragraph[]): Project {
  return withChapter(project, chapter, old => ({ ...old, paragraphs }))
}

export function setParagraphVoice(project: Project, paragraph: string, voice: VoiceBlend | undefined): Project {
  const home = project.chapters.find(chapter => chapter.paragraphs.some(({ id }) => id === paragraph))
  if (!home) return project
  const paragraphs = home.paragraphs.map(old => {
    if (old.id !== paragraph) return old
    const { voice: _, ...rest } = old
    return voice ? { ...rest, voice } : rest
  })
  return setParagraphs(project, home.id, paragraphs)
}

export function addChapter(project: Project, chapter: Chapter, after?: string): Project {
  const at = project.chapters.findIndex(({ id }) => id === after)
  const place = at < 0 ? project.chapters.length : at + 1
  return { ...project, chapters: project.chapters.toSpliced(place, 0, chapter) }
}

export function renameChapter(project: Project, id: string, title: string): Project {
  return withChapter(project, id, chapter => ({ ...chapter, title }))
}

/** A project always has a chapter to write in: the last one removed leaves an empty one. */
export function removeChapter(project: Project, id: string): Project {
  const chapters = project.chapters.filter(chapter => chapter.id !== id)
  return { ...project, chapters: chapters.length > 0 ? chapters : [newChapter('')] }
}

export function moveChapter(project: Project, id: string, by: -1 | 1): Project {
  const from = project.chapters.findIndex(chapter => chapter.id === id)
  const chapter = project.chapters[from]
  const to = from + by
  if (!chapter || to < 0 || to >= project.chapters.length) return project
  return { ...project, chapters: project.chapters.toSpliced(from, 1).toSpliced(to, 0, chapter) }
}

export function setSettings(project: Project, change: Partial<ProjectSettings>): Project {
  return { ...project, settings: { ...project.settings, ...change } }
}

export function setLexicon(project: Project, lexicon: readonly LexiconEntry[]): Project {
  return { ...project, lexicon }
}

export function setMetadata(project: Project, change: { title?: string; author?: string }): Project {
  const { author: _, ...rest } = project
  const title = change.title ?? project.title
  const author = (change.author ?? project.author)?.trim() || undefined
  if (title === project.title && author === project.author) return project
  return { ...rest, title, ...(author ? { author } : {}) }
}

/** UTF-16 units of text. */
export function characters(project: Project): number {
  let sum = 0
  for (const chapter of project.chapters) for (const paragraph of chapter.paragraphs) sum += paragraph.text.length
  return sum
}

export function isEmpty(project: Project): boolean {
  return project.chapters.every(chapter => chapter.paragraphs.every(({ text }) => text.trim() === ''))
}

/** Chapters longer than the editor shows at once, cut in parts: "Title", "Title (2)", …; untitled ones stay so. */
export function splitLongChapters(chapters: readonly Chapter[], limit = MAX_CHAPTER_PARAGRAPHS): Chapter[] {
  return chapters.flatMap(chapter => {
    if (chapter.paragraphs.length <= limit) return [chapter]
    const parts: Chapter[] = []
    for (let at = 0; at < chapter.paragraphs.length; at += limit) {
      const first = at === 0
      parts.push({
        id: first ? chapter.id : newId(),
        title: first || chapter.title === '' ? chapter.title : `${chapter.title} (${parts.length + 1})`,
        paragraphs: chapter.paragraphs.slice(at, at + limit),
      })
    }
    return parts
  })
}
