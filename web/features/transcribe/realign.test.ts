import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TranscriptWord } from '../../storage/transcripts-types.ts'
import { MOST_CELLS, realign, spread, tokensOf, type Timed } from './realign.ts'

/** One word a second, half a second long. */
function said(text: string): Timed {
  const words = tokensOf(text).map((token, at) => ({ ...token, start: at, end: at + 0.5, confidence: 0.9 }))
  return { text, words }
}
const WITHIN = { start: 0, end: 100 }
const shown = (text: string, words: readonly TranscriptWord[]) =>
  words.map(({ from, to, start, end }) => `${text.slice(from, to)} ${start.toFixed(2)}–${end.toFixed(2)}`)
const after = (before: string, text: string) => shown(text, realign(said(before), text, WITHIN))

describe('words of an edited text', () => {
  it('keep their times around the change', () => {
    expect(after('The cat sat down.', 'The cat sat right down.')).toEqual([
      'The 0.00–0.50',
      'cat 1.00–1.50',
      'sat 2.00–2.50',
      'right 2.50–3.00',
      'down. 3.00–3.50',
    ])
    expect(after('one two three', 'one three')).toEqual(['one 0.00–0.50', 'three 2.00–2.50'])
  })

  it('take the time of those that they replaced', () => {
    expect(after('I sore the see there', 'I saw the sea there')).toEqual([
      'I 0.00–0.50',
      'saw 1.00–1.50',
      'the 2.00–2.50',
      'sea 3.00–3.50',
      'there 4.00–4.50',
    ])
    expect(after('go to wreck a nice beach now', 'go to recognise speech now')).toEqual([
      'go 0.00–0.50',
      'to 1.00–1.50',
      'recognise 2.00–4.10',
      'speech 4.10–5.50',
      'now 6.00–6.50',
    ])
  })

  it('stay the same word with other capitals or punctuation, and are another when letters grow onto them', () => {
    const [first] = realign(said('hello there'), 'Hello, there', WITHIN)
    expect(first).toEqual({ from: 0, to: 6, start: 0, end: 0.5, confidence: 0.9 })
    const grown = realign(said('the cat sat'), 'the cats sat', WITHIN)
    expect(grown[1]).toEqual({ from: 4, to: 8, start: 1, end: 1.5 })
    expect(realign(said('the cat sat'), 'the bobcat sat', WITHIN)[1]).not.toHaveProperty('confidence')
  })

  it('survive several changes at once', () => {
    expect(after('a b c d e f g', 'x b c y e f z')).toEqual([
      'x 0.00–0.50',
      'b 1.00–1.50',
      'c 2.00–2.50',
      'y 3.00–3.50',
      'e 4.00–4.50',
      'f 5.00–5.50',
      'z 6.00–6.50',
    ])
  })

  it('are found by a dictionary where a script sets no blanks', () => {
    const tokens = tokensOf('これは長い文です。')
    expect(tokens.length).toBeGreaterThan(2)
    expect(tokens.at(-1)!.to).toBe(8)
  })

  it('are spread over the whole where nothing was known, and over nothing where nothing is left', () => {
    expect(shown('ab cd', realign({ text: '', words: [] }, 'ab cd', { start: 2, end: 4 }))).toEqual([
      'ab 2.00–3.00',
      'cd 3.00–4.00',
    ])
    expect(realign(said('a b'), '', WITHIN)).toEqual([])
    expect(spread('', [], 0, 1)).toEqual([])
  })

  it('are still all there past the limit of a diff', () => {
    const side = Math.floor(Math.sqrt(MOST_CELLS))
    const text = (word: string, count: number) => Array.from({ length: count }, (_, at) => word + (at % 7)).join(' ')
    const at = realign(said(`${text('a', side - 1)} same`), `${text('b', side - 1)} same.`, WITHIN)
    expect(at.at(-1)?.start).toBe(side - 1)
    const past = realign(
      said(`${text('a', side)} same ${text('c', 3)}`),
      `${text('b', side)} same ${text('d', 3)}`,
      WITHIN,
    )
    expect(past.length).toBe(side + 4)
  })

  it('whatever is typed: in order, apart, inside the text, within the time of those before', () => {
    const word = fc.constantFrom('a', 'bb', 'ccc', 'Ünï', 'don’t', '7.5', '世界', '😀', '—')
    const text = fc.array(word, { maxLength: 14 }).map(words => words.join(' '))
    fc.assert(
      fc.property(text, text, (before, next) => {
        const old = said(before)
        const words = realign(old, next, { start: 0, end: old.words.at(-1)?.end ?? 5 })
        let to = 0
        let start = 0
        for (const word of words) {
          expect(word.from).toBeGreaterThanOrEqual(to)
          expect(word.to).toBeGreaterThan(word.from)
          expect(word.start).toBeGreaterThanOrEqual(start - 1e-9)
          expect(word.end).toBeGreaterThanOrEqual(word.start)
          to = word.to
          start = word.start
        }
        expect(to).toBeLessThanOrEqual(next.length)
        expect(words.map(({ from, to }) => [from, to])).toEqual(tokensOf(next).map(({ from, to }) => [from, to]))
      }),
      { numRuns: 300 },
    )
  })
})
