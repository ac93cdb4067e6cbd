import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { withoutLoop } from './looping.ts'
import { repeated } from './overlap.ts'
import { joinPieces, piecesOf, type Piece } from './pieces.ts'
import { StableText } from './stable.ts'

/** Pieces of half a second each, from `at` on; without times when it is absent. */
function pieces(text: string, at?: number): Piece[] {
  return text.split(' ').flatMap((piece, i) => {
    if (!piece) return []
    const start = (at ?? 0) + i / 2
    const word = { text: piece, from: 0, to: piece.length, start, end: start + 0.4 }
    return [{ text: piece, words: at === undefined ? [] : [word] }]
  })
}

describe('piecesOf', () => {
  it('keeps punctuation with its word, and puts everything together again', () => {
    const text = 'Well, “yes”  he   said.'
    const words = ['Well', 'yes', 'he', 'said'].map((word, i) => {
      const from = text.indexOf(word)
      return { text: word, from, to: from + word.length, start: i, end: i + 0.5, confidence: 0.5 }
    })
    const joined = joinPieces(piecesOf({ text, words }, 10))
    expect(joined.text).toBe('Well, “yes” he said.')
    expect(joined.words.map(({ from, to }) => joined.text.slice(from, to))).toEqual(['Well', 'yes', 'he', 'said'])
    expect(joined.words.map(({ start }) => start)).toEqual([10, 11, 12, 13])
    expect(joined.words[0]).toMatchObject({ confidence: 0.5, end: 10.5 })
  })

  it('does without times', () => {
    expect(joinPieces(piecesOf({ text: 'one two', words: [] }, 3))).toEqual({ text: 'one two', words: [] })
  })
})

describe('withoutLoop', () => {
  it.each([
    ['nothing', '', ''],
    ['a phrase at its end, twice', 'one two three. Two, three', 'one two three.'],
    ['a phrase at its end, twice and a half', 'a b c d b c d b', 'a b c d'],
    ['a word at its end, three times', 'oh no no no', 'oh no'],
    ['a word at its end, twice', 'oh no no', 'oh no no'],
    ['a phrase before its end', 'a b a b c', 'a b a b c'],
    ['a phrase as long as is looked for', '1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0', '1 2 3 4 5 6 7 8 9 0'],
    ['a longer one', 'x 1 2 3 4 5 6 7 8 9 0 x 1 2 3 4 5 6 7 8 9 0', 'x 1 2 3 4 5 6 7 8 9 0 x 1 2 3 4 5 6 7 8 9 0'],
  ])('looks for %s', (_, reading, expected) => {
    expect(joinPieces(withoutLoop(pieces(reading))).text).toBe(expected)
  })
})

describe('repeated', () => {
  it.each([
    ['nothing known', '', 'one two', 0],
    ['the same again', 'one two', 'one two three', 2],
    ['another spelling', 'One, two', 'one two. Three', 2],
    ['a word heard wrong', 'the best of', 'the west of times', 3],
    ['a word that was cut off', 'best of', 'est of times', 2],
    ['scraps before the first', 'best of', 'a best of times', 3],
    ['a word missing', 'it was the best', 'it the best of', 3],
    ['a word said twice', 'no', 'no no no', 1],
    ['all of it heard wrong', 'alpha beta', 'gamma delta epsilon', 2],
    ['nothing heard', 'one two', '', 0],
  ])('finds %s', (_, said, reading, count) => {
    expect(repeated(pieces(said), pieces(reading))).toBe(count)
  })

  it('is led by times where words say the same', () => {
    const reading = pieces('no no no no', 5)
    expect(repeated(pieces('no', 6), reading)).toBe(3)
    expect(repeated(pieces('no', 5), reading)).toBe(1)
  })
})

describe('StableText', () => {
  it('commits what two readings agree on, but for the last word', () => {
    const stable = new StableText()
    stable.take(pieces('It was', 0))
    expect(stable.caption).toMatchObject({ text: 'It was', stable: 0 })
    stable.take(pieces('it was the west', 0))
    expect(stable.caption).toMatchObject({ text: 'it was the west', stable: 2 })
    stable.take(pieces('it was the best of', 0))
    expect(stable.caption).toMatchObject({ text: 'it was the best of', stable: 10 })
    stable.finish(pieces('it was the best of times.', 0))
    expect(stable.caption).toMatchObject({ text: 'it was the best of times.', stable: 25 })
  })

  it('waits for more words where none has a time: the first sounds of a sentence mislead', () => {
    const stable = new StableText()
    stable.take(pieces('I will'))
    stable.take(pieces('I will what is'))
    stable.take(pieces('what is the cap'))
    expect(stable.caption.stable).toBe(0)
    stable.take(pieces('what is the capital of France'))
    expect(stable.caption.stable).toBe(0)
    stable.take(pieces('what is the capital of France and'))
    expect(stable.caption).toMatchObject({ text: 'what is the capital of France and', stable: 'what is'.length })
    stable.finish(pieces('what is the capital of France?'))
    expect(stable.caption.text).toBe('what is the capital of France?')
  })

  it('reads from a committed word on, with enough of an overlap, and joins what it reads', () => {
    const stable = new StableText()
    stable.take(pieces('one two three four five', 0))
    expect(stable.advance(0.5)).toBeUndefined()
    stable.take(pieces('one two three four five six', 0))
    expect(stable.caption.stable).toBe('one two three four'.length)
    // “four” ends at 1.9: the words from 1.0 on are heard again.
    expect(stable.advance(0.5)).toBeCloseTo(0.9)
    expect(stable.advance(0.5)).toBeUndefined()
    stable.finish(pieces('three four five six seven', 1))
    const { text, words } = stable.caption
    expect(text).toBe('one two three four five six seven')
    expect(words.map(({ from, to }) => text.slice(from, to))).toEqual(text.split(' '))
    expect(words.map(({ start }) => start)).toEqual([0, 0.5, 1, 1.5, 2, 2.5, 3])
  })

  it('reads from the beginning where no times are known', () => {
    const stable = new StableText()
    for (let n = 0; n < 3; n++) stable.take(pieces('one two three four five'))
    expect(stable.advance(0.5)).toBeUndefined()
  })

  it('goes on from what somebody else had committed', () => {
    const stable = new StableText('It was the')
    stable.take(pieces('it was the best', 0))
    stable.finish(pieces('it was a best of times', 0))
    expect(stable.caption.text).toBe('It was the best of times')
  })

  it('takes back what was never stable, when there was nothing', () => {
    const stable = new StableText()
    stable.take(pieces('Thank you.'))
    stable.finish([])
    expect(stable.caption).toMatchObject({ text: '', stable: 0 })
  })

  it('never changes what it called stable, whatever is read', () => {
    const word = fc.constantFrom('a', 'b', 'c.', 'C', 'the', 'then', '—')
    const reading = fc.tuple(fc.array(word, { maxLength: 8 }), fc.boolean(), fc.double({ min: 0, max: 5, noNaN: true }))
    fc.assert(
      fc.property(fc.array(reading, { maxLength: 12 }), fc.boolean(), (readings, timed) => {
        const stable = new StableText()
        let kept = ''
        const check = () => {
          const { text, stable: length, words } = stable.caption
          expect(text.slice(0, kept.length)).toBe(kept)
          expect(length).toBeGreaterThanOrEqual(kept.length)
          expect(length === text.length || length === 0 || text[length] === ' ').toBe(true)
          for (const each of words) expect(text.slice(each.from, each.to)).toBe(each.text)
          kept = text.slice(0, length)
        }
        for (const [words, advance, at] of readings) {
          stable.take(pieces(words.join(' '), timed ? at : undefined))
          check()
          if (advance) stable.advance(0.5)
        }
        stable.finish(pieces('the end'))
        check()
        expect(kept).toBe(stable.caption.text)
      }),
    )
  })
})
