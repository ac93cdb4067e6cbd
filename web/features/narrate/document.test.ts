import { describe, expect, it } from 'vitest'
import * as change from './document.ts'

const SETTINGS = {
  lang: 'en-us',
  engine: 'kokoro',
  voice: [{ id: 'af_heart', weight: 1 }],
  speed: 1,
  pauses: { sentence: 0.3, paragraph: 0.7, chapter: 1.5 },
}
const project = change.newProject('Book', SETTINGS, [
  change.newChapter('One', ['First.', 'Second.']),
  change.newChapter('Two', ['Third.']),
])
const [one, two] = project.chapters

describe('changes to a project', () => {
  it('leave what they do not touch as it was', () => {
    const next = change.setParagraphs(project, one!.id, [...one!.paragraphs, change.newParagraph('New.')])
    expect(next.chapters[1]).toBe(two)
    expect(next.chapters[0]!.paragraphs[0]).toBe(one!.paragraphs[0])
    expect(project.chapters[0]!.paragraphs.length).toBe(2)
  })

  it('give a paragraph a voice and take it away without a trace', () => {
    const id = one!.paragraphs[1]!.id
    const voiced = change.setParagraphVoice(project, id, [{ id: 'bm_george', weight: 1 }])
    expect(voiced.chapters[0]!.paragraphs[1]!.voice).toEqual([{ id: 'bm_george', weight: 1 }])
    expect(change.setParagraphVoice(voiced, id, undefined).chapters).toEqual(project.chapters)
    expect(change.setParagraphVoice(project, 'nobody', undefined)).toBe(project)
  })

  it('move chapters, but not out of the book', () => {
    expect(change.moveChapter(project, one!.id, 1).chapters.map(({ title }) => title)).toEqual(['Two', 'One'])
    expect(change.moveChapter(project, one!.id, -1)).toBe(project)
    expect(change.moveChapter(project, two!.id, 1)).toBe(project)
  })

  it('put a new chapter after the one named, or at the end', () => {
    const titles = (after?: string) =>
      change.addChapter(project, change.newChapter('New'), after).chapters.map(({ title }) => title)
    expect(titles(one!.id)).toEqual(['One', 'New', 'Two'])
    expect(titles()).toEqual(['One', 'Two', 'New'])
  })

  it('leave an empty chapter when the last one goes', () => {
    const bare = change.removeChapter(change.removeChapter(project, one!.id), two!.id)
    expect(bare.chapters.map(({ paragraphs }) => paragraphs.map(({ text }) => text))).toEqual([['']])
    expect(change.isEmpty(bare)).toBe(true)
  })

  it('drop an author who was emptied', () => {
    const named = change.setMetadata(project, { author: ' A. Writer ' })
    expect(named.author).toBe('A. Writer')
    expect('author' in change.setMetadata(named, { author: '  ' })).toBe(false)
    expect(change.setMetadata(named, { title: 'Other' }).author).toBe('A. Writer')
    // The same names again are no change: nothing is saved, no revision made.
    expect(change.setMetadata(named, { title: named.title, author: 'A. Writer ' })).toBe(named)
    expect(change.setMetadata(project, { title: project.title, author: '' })).toBe(project)
  })

  it('make a copy that was never stored', () => {
    const copy = change.copyOf({ ...project, revision: 7, openedAt: 'x' }, 'Copy')
    expect(copy).toMatchObject({ title: 'Copy', revision: 0, chapters: project.chapters })
    expect(copy.id).not.toBe(project.id)
    expect('openedAt' in copy).toBe(false)
  })
})

describe('chapters too long for the editor', () => {
  const long = (paragraphs: number) =>
    change.newChapter(
      'Long',
      Array.from({ length: paragraphs }, (_, at) => `${at}`),
    )

  it('stay whole at the limit and are cut one past it', () => {
    expect(change.splitLongChapters([long(10)], 10).length).toBe(1)
    const parts = change.splitLongChapters([long(11), one!], 10)
    expect(parts.map(({ title, paragraphs }) => [title, paragraphs.length])).toEqual([
      ['Long', 10],
      ['Long (2)', 1],
      ['One', 2],
    ])
    expect(new Set(parts.map(({ id }) => id)).size).toBe(3)
    const untitled = change.splitLongChapters([{ ...long(11), title: '' }], 10)
    expect(untitled.map(({ title }) => title)).toEqual(['', ''])
  })
})

it('counts characters as JavaScript does', () => {
  expect(change.characters(project)).toBe('First.Second.Third.'.length)
})
