import { beforeAll, describe, expect, it } from 'vitest'
import { loadSegmenter, type Segmenter } from '../../web/text/segment/segmenter.ts'
import { MAX_SENTENCE, SentenceReader, type Sentence } from './sentences.ts'

const STORY = `Dr. Lee met Mr. J. R. Smith at 5 p.m. on Monday. “Is it far?” he asked. “No… not far.”
She smiled (a little. Not much.) and left, e.g. for St. Ives! The price was $3.50, i.e. nothing.

New paragraph here, with no full stop

\t
Then the last: "Go!" cried Ann. It was version 2.0.1 of it all. Nobody knew why? He did.  `

let segmenter: Segmenter
beforeAll(async () => {
  segmenter = await loadSegmenter()
})

function read(text: string, slice = text.length): Sentence[] {
  const reader = new SentenceReader(segmenter, 'en-us')
  const found: Sentence[] = []
  for (let at = 0; at < text.length; at += slice) found.push(...reader.feed(text.slice(at, at + slice)))
  return [...found, ...reader.end()]
}

describe('sentences of a stream', () => {
  it('are those of the whole text, however it is sliced', () => {
    const long = `${STORY.replaceAll(/\s+/g, ' ')} `.repeat(5)
    for (const text of [STORY, long]) {
      const expected = text
        .trim()
        .split(/\n\s*\n/)
        .map(block => block.replace(/\s+/g, ' ').trim())
        .flatMap(line => segmenter.sentences(line, 'en-us').map(({ from, to }) => line.slice(from, to)))
      for (const slice of [1, 2, 17, 100, text.length]) {
        expect(
          read(text, slice).map(sentence => sentence.text),
          `slices of ${slice}`,
        ).toEqual(expected)
      }
    }
  })

  it('know where paragraphs end', () => {
    expect(read('One. Two.\n\nThree\nand more.', 1)).toEqual([
      { text: 'One.', endsParagraph: false },
      { text: 'Two.', endsParagraph: true },
      { text: 'Three and more.', endsParagraph: true },
    ])
  })

  it('come long before the text ends, and at once where a paragraph does', () => {
    const reader = new SentenceReader(segmenter, 'en-us')
    expect([...reader.feed('It is over.\n\n')].map(({ text }) => text)).toEqual(['It is over.'])
    expect([...reader.feed('And this one goes on. '.repeat(20))].length).toBeGreaterThan(5)
  })

  it('without an end are cut at words, and never pile up', () => {
    const reader = new SentenceReader(segmenter, 'en-us')
    let longest = 0
    let total = 0
    for (let round = 0; round < 2000; round++) {
      for (const { text } of reader.feed('on and on and ')) {
        longest = Math.max(longest, text.length)
        total += text.length
        expect(text).toMatch(/^(on|and).*(on|and)$/)
      }
    }
    expect(longest).toBeLessThanOrEqual(MAX_SENTENCE)
    expect(total).toBeGreaterThan(2000 * 14 - 3 * MAX_SENTENCE)
  })

  it('of endless space are none', () => {
    expect(read(' \n'.repeat(100_000), 4096)).toEqual([])
  })

  it('keep characters whole where there is nowhere to cut', () => {
    const pieces = read('👋'.repeat(5000), 999)
    expect(pieces.every(({ text }) => text.isWellFormed())).toBe(true)
    expect(pieces.map(({ text }) => text).join('')).toBe('👋'.repeat(5000))
  })
})
