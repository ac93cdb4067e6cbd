import { describe, expect, it } from 'vitest'
import { newChapter, newProject } from './document.ts'
import { createTimeline, guessSeconds, sentenceAt, sentencesOf } from './narrating.ts'
import { buildScript } from './script.ts'

const SETTINGS = {
  lang: 'en-us',
  engine: 'kokoro',
  voice: [{ id: 'af_heart', weight: 1 }],
  speed: 1,
  pauses: { sentence: 0.5, paragraph: 1, chapter: 2 },
}
const ENGINE = { id: 'kokoro', name: 'Kokoro', version: '1', languages: ['en-us'], sampleRate: 24_000 }

const project = newProject('Book', SETTINGS, [
  newChapter('One', ['First here. Second there.', '']),
  newChapter('Two', ['Third.']),
])
const script = await buildScript(project, () => ENGINE)
const [one, blank] = project.chapters[0]!.paragraphs

describe('the sentence at a caret', () => {
  it('is the one around it or right before it', () => {
    const at = (offset: number) => sentenceAt(script, { paragraph: one!.id, offset })
    expect([0, 5, 11, 12, 20, 25, 99].map(at)).toEqual([0, 0, 0, 1, 1, 1, 1])
  })
  it('is none in an empty or unknown paragraph', () => {
    expect(sentenceAt(script, { paragraph: blank!.id, offset: 0 })).toBe(-1)
    expect(sentenceAt(script, { paragraph: 'gone', offset: 0 })).toBe(-1)
    expect(sentencesOf(script, 'gone')).toEqual([])
  })
})

describe('the timeline', () => {
  const known = new Map([[script.sentences[1]!.id, 3]])
  const clock = createTimeline(script, ({ id }) => known.get(id))

  it('uses lengths that are known and guesses the others', () => {
    const [first, , third] = script.sentences
    expect(clock.startOf(0)).toBe(0)
    expect(clock.startOf(1)).toBeCloseTo(guessSeconds(first!), 9)
    expect(clock.startOf(2)).toBeCloseTo(guessSeconds(first!) + 3 + script.sentences[1]!.segment.pauseAfter, 9)
    expect(clock.total).toBeCloseTo(clock.startOf(2) + guessSeconds(third!), 9)
    expect(clock.rendered).toBeCloseTo(3 + script.sentences[1]!.segment.pauseAfter, 9)
  })

  it('finds the sentence at a time, at the edges and beyond them', () => {
    expect(clock.at(-1)).toEqual({ sentence: 0, into: 0 })
    expect(clock.at(0)).toEqual({ sentence: 0, into: 0 })
    expect(clock.at(clock.startOf(1))).toEqual({ sentence: 1, into: 0 })
    expect(clock.at(clock.startOf(2) + 0.25).sentence).toBe(2)
    expect(clock.at(clock.startOf(2) + 0.25).into).toBeCloseTo(0.25, 9)
    expect(clock.at(1e9).sentence).toBe(2)
  })

  it('is empty for a text without sentences', async () => {
    const nothing = await buildScript(newProject('', SETTINGS), () => ENGINE)
    const empty = createTimeline(nothing, () => undefined)
    expect(empty.total).toBe(0)
    expect(empty.at(1).sentence).toBe(-1)
  })
})
