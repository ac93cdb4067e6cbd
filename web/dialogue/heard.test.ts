import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadSegmenter } from '#text/segment/segmenter.ts'
import { SentenceChunker } from './chunker.ts'
import { partHeard, USUAL_PACE, WORD_HEARD, wordsAround, type SpokenSentence } from './heard.ts'
import { findWords } from './words.ts'

const segmenter = await loadSegmenter()
const PACE = 10

/** The sentences of a reply as if they had been spoken at PACE. */
function spoken(text: string, times = true): SpokenSentence[] {
  const chunker = new SentenceChunker(segmenter, 'en-us')
  return [...chunker.push(text), ...chunker.end()]
    .filter(sentence => sentence.text !== '')
    .map((sentence, index) => ({
      id: `r1.${index}`,
      sentence,
      words: times
        ? findWords(sentence.text).map(({ from, to }) => ({
            text: sentence.text.slice(from, to),
            from,
            to,
            start: from / PACE,
            end: to / PACE,
          }))
        : [],
      seconds: sentence.text.length / PACE,
      made: true,
      written: true,
    }))
}

const TEXT = 'The old lighthouse keeper slept. **Nobody** saw [the ship](https://e.org) come. It was dark.'

describe('a reply is parted where its listener stopped', () => {
  const part = (segment: number, at: number, times = true) =>
    partHeard(TEXT, spoken(TEXT, times), { segment: `r1.${segment}`, at }).heard

  it('to the word: one counts from its middle on', () => {
    expect(part(0, 0)).toBe('')
    expect(part(0, 0.7)).toBe('The old')
    const middle = 0.8 + 1 * WORD_HEARD
    expect(part(0, middle - 0.01)).toBe('The old')
    expect(part(0, middle)).toBe('The old lighthouse')
  })

  it('with the marks that belong to a word, and the stop that follows it', () => {
    expect(part(1, 0.6)).toBe('The old lighthouse keeper slept. **Nobody**')
    expect(part(1, 1.9)).toBe('The old lighthouse keeper slept. **Nobody** saw [the ship](https://e.org)')
    expect(part(1, 9)).toBe('The old lighthouse keeper slept. **Nobody** saw [the ship](https://e.org) come.')
  })

  it('by the pace of the sentence where a voice gives no times', () => {
    expect(part(0, 0.7, false)).toBe('The old')
    expect(part(0, 3.2, false)).toBe('The old lighthouse keeper slept.')
    const [first] = spoken(TEXT, false)
    const unfinished = [{ ...first!, made: false, seconds: 0.3 }]
    expect(partHeard(TEXT, unfinished, { segment: 'r1.0', at: 8 / USUAL_PACE }).heard).toBe('The old')
  })

  it('by what the first of two voices had said, where the second began the sentence anew', () => {
    const [first] = spoken(TEXT)
    const before = 18 / USUAL_PACE
    const words = first!.words.map(word => ({ ...word, start: word.start + before, end: word.end + before }))
    const twice = [{ ...first!, words, before, seconds: first!.seconds + before }]
    const until = (at: number) => partHeard(TEXT, twice, { segment: 'r1.0', at }).heard
    expect(until(8 / USUAL_PACE)).toBe('The old')
    expect(until(before)).toBe('The old lighthouse')
    expect(until(before + 0.7)).toBe('The old lighthouse')
    expect(until(before + 2.5)).toBe('The old lighthouse keeper')
    expect(until(before + 9)).toBe('The old lighthouse keeper slept.')
  })

  it('nowhere when nothing was heard, or the place is another reply’s', () => {
    expect(partHeard(TEXT, spoken(TEXT), undefined)).toEqual({ heard: '', unheard: TEXT })
    expect(partHeard(TEXT, spoken(TEXT), { segment: 'r0.0', at: 9 }).heard).toBe('')
  })
})

it('nothing is lost between heard and unheard, and more time never means fewer words', () => {
  fc.assert(
    fc.property(
      fc.nat(2),
      fc.double({ min: 0, max: 5, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (index, at, more) => {
        const sentences = spoken(TEXT)
        const early = partHeard(TEXT, sentences, { segment: `r1.${index}`, at })
        const late = partHeard(TEXT, sentences, { segment: `r1.${index}`, at: at + more })
        expect(early.heard + early.unheard).toBe(TEXT)
        expect(late.heard.length).toBeGreaterThanOrEqual(early.heard.length)
      },
    ),
  )
})

it('the words around a place are of its sentence and the one before', () => {
  expect(wordsAround(spoken(TEXT), { segment: 'r1.2', at: 0 }).join(' ')).toBe('nobody saw the ship come it was dark')
  expect(wordsAround(spoken(TEXT), undefined)).toEqual([])
})
