import type { Project } from '#protocol/projects.ts'

/** A project of `sentences` sentences in `chapters` chapters, five sentences a paragraph. */
export function sampleProject(id: string, sentences = 10, chapters = 2): Project {
  const paragraphs = Math.ceil(sentences / 5)
  const perChapter = Math.ceil(paragraphs / chapters)
  return {
    id,
    title: `Sample ${id}`,
    author: 'Nobody',
    createdAt: '2026-01-02T03:04:05.000Z',
    updatedAt: '2026-01-02T03:04:05.000Z',
    revision: 1,
    settings: {
      lang: 'en-us',
      engine: 'kokoro',
      voice: [{ id: 'af_heart', weight: 1 }],
      speed: 1,
      pauses: { sentence: 0.3, paragraph: 0.6, chapter: 1.5 },
    },
    lexicon: [{ word: 'Voxloom', ipa: 'vˈɑkslˌum' }],
    chapters: Array.from({ length: chapters }, (_, chapter) => ({
      id: `${id}-c${chapter}`,
      title: `Chapter ${chapter + 1}`,
      paragraphs: Array.from(
        { length: Math.max(0, Math.min(perChapter, paragraphs - chapter * perChapter)) },
        (_, paragraph) => ({
          id: `${id}-c${chapter}-p${paragraph}`,
          text: Array.from(
            { length: 5 },
            (_, sentence) =>
              `Sentence ${sentence + 1} of paragraph ${paragraph + 1} walks on for roughly a hundred characters, as they do in a book.`,
          ).join(' '),
        }),
      ),
    })),
  }
}

/** The same project with the text of one paragraph replaced. */
export function withText(project: Project, chapter: number, paragraph: number, text: string): Project {
  return {
    ...project,
    chapters: project.chapters.map((each, index) =>
      index === chapter
        ? { ...each, paragraphs: each.paragraphs.map((one, at) => (at === paragraph ? { ...one, text } : one)) }
        : each,
    ),
  }
}
