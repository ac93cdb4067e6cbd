import { describe, expect, it } from 'vitest'
import {
  checkProject,
  MAX_BLEND,
  MAX_CHAPTERS,
  MAX_ID,
  MAX_LABEL,
  MAX_LEXICON,
  MAX_PARAGRAPHS,
} from './archive-project.ts'
import type { Json } from './json.ts'
import { sampleProject } from './testing/sample.ts'

/** The sample as JSON, with one field set to something else. */
function having(path: string, value: unknown): Json {
  const project = JSON.parse(JSON.stringify(sampleProject('p'))) as Record<string, unknown>
  const steps = path.split('.')
  let at = project
  for (const step of steps.slice(0, -1)) at = at[step] as Record<string, unknown>
  at[steps.at(-1)!] = value
  return project as Json
}
const list = (length: number, item: (index: number) => unknown) => Array.from({ length }, (_, index) => item(index))

describe('checkProject', () => {
  it('takes what we write, and keeps unknown fields', () => {
    const project = having('later', { a: [1] })
    expect(checkProject(project)).toBe(project)
    expect(checkProject(having('author', undefined))).toBeDefined()
  })

  it.each([
    ['id', ''],
    ['id', 1],
    ['title', null],
    ['author', 5],
    ['createdAt', 'yesterday'],
    ['createdAt', '2026-13-01T00:00:00Z'],
    ['updatedAt', 1_700_000_000],
    ['openedAt', '2026-01-01'],
    ['revision', -1],
    ['revision', 1.5],
    ['revision', '1'],
    ['settings', []],
    ['settings.lang', ''],
    ['settings.engine', {}],
    ['settings.voice', []],
    ['settings.voice', [{ id: 'a', weight: 0 }]],
    ['settings.voice', [{ id: 'a', weight: '1' }]],
    ['settings.speed', 0.49],
    ['settings.speed', 2.01],
    ['settings.speed', null],
    ['settings.pauses', null],
    ['settings.pauses.sentence', -0.1],
    ['settings.pauses.chapter', 60.1],
    ['lexicon', {}],
    ['lexicon', [null]],
    ['lexicon', [{ word: '' }]],
    ['lexicon', [{ word: 'a', ipa: 1 }]],
    ['lexicon', [{ word: 'a', as: [] }]],
    ['lexicon', [{ word: 'a', exactCase: 'yes' }]],
    ['chapters', 'none'],
    ['chapters', [[]]],
    ['chapters.0.title', undefined],
    ['chapters.1.id', 'p-c0'],
    ['chapters.0.paragraphs', null],
    ['chapters.0.paragraphs.0.text', 7],
    ['chapters.0.paragraphs.0.voice', 'af_heart'],
    ['chapters.1.paragraphs.0.id', 'p-c0-p0'],
  ])('refuses %s = %j', (path, value) => {
    expect(() => checkProject(having(path, value))).toThrow(expect.objectContaining({ code: 'bad-input' }))
  })

  it.each([null, [], 'x', 4, true])('refuses %j as a project', value => {
    expect(() => checkProject(value)).toThrow('must be an object')
  })

  const chapter = (index: number) => ({ id: `c${index}`, title: '', paragraphs: [] })
  const paragraph = (index: number) => ({ id: `p${index}`, text: '' })
  it.each<[string, number, string, (size: number) => unknown]>([
    ['chapters', MAX_CHAPTERS, 'chapters', size => list(size, chapter)],
    [
      'paragraphs of one chapter',
      MAX_PARAGRAPHS,
      'chapters',
      size => [{ ...chapter(0), paragraphs: list(size, paragraph) }],
    ],
    [
      'paragraphs in all',
      MAX_PARAGRAPHS,
      'chapters',
      size => [
        { ...chapter(0), paragraphs: [paragraph(0)] },
        { ...chapter(1), paragraphs: list(size - 1, index => paragraph(index + 1)) },
      ],
    ],
    ['lexicon entries', MAX_LEXICON, 'lexicon', size => list(size, index => ({ word: `w${index}` }))],
    ['voices of a blend', MAX_BLEND, 'settings.voice', size => list(size, index => ({ id: `v${index}`, weight: 1 }))],
    ['characters of a title', MAX_LABEL, 'title', size => 'x'.repeat(size)],
    ['characters of an id', MAX_ID, 'id', size => 'x'.repeat(size)],
    ['the longest pause', 60, 'settings.pauses.paragraph', seconds => seconds],
    ['the quickest speed', 2, 'settings.speed', speed => speed],
  ])('takes %s up to %d, and refuses more', (_, limit, path, value) => {
    expect(checkProject(having(path, value(limit)))).toBeDefined()
    expect(() => checkProject(having(path, value(limit + 1)))).toThrow(expect.objectContaining({ code: 'bad-input' }))
  })
})
