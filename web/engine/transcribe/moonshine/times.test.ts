import { describe, expect, it } from 'vitest'
import { alignedTimes, spreadTimes } from './times.ts'
import type { SpelledWord } from './words.ts'

/** A frame of the encoder, and how long attention is ahead of the sound, seconds. */
const FRAME = 0.024
const AHEAD = 0.05

/** Words of one token each. */
function words(...texts: string[]): SpelledWord[] {
  let from = 0
  return texts.map((text, i) => {
    const word = { text, from, to: from + text.length, firstToken: i, endToken: i + 1 }
    from = word.to + 1
    return word
  })
}

describe('times by attention', () => {
  it('are where the tokens begin', () => {
    const sound = { voiced: [{ start: 0, end: 1.2 }], seconds: 1.2 }
    const times = alignedTimes(words('one', 'two'), [10, 25, 40], sound)
    expect(times).toEqual([
      { start: expect.closeTo(10 * FRAME + AHEAD), end: expect.closeTo(25 * FRAME) },
      { start: expect.closeTo(25 * FRAME + AHEAD), end: expect.closeTo(40 * FRAME) },
    ])
  })

  it('move to the silence that they are near', () => {
    const sound = {
      voiced: [
        { start: 0.3, end: 0.7 },
        { start: 1.1, end: 1.6 },
      ],
      seconds: 2,
    }
    // The boundary that was found lies at 0.96 s, in the middle of the silence.
    const [one, two] = alignedTimes(words('one', 'two'), [11, 40, 70], sound)
    expect(one).toEqual({ start: expect.closeTo(0.3), end: expect.closeTo(0.7) })
    expect(two).toEqual({ start: expect.closeTo(1.1), end: expect.closeTo(1.6) })
  })

  it('leave every word some time, in order, within the sound', () => {
    const times = alignedTimes(words('a', 'b', 'c', 'd'), [30, 30, 30, 30, 30], { voiced: [], seconds: 0.75 })
    let reached = 0
    for (const { start, end } of times) {
      expect(start).toBeGreaterThanOrEqual(reached)
      expect(end).toBeGreaterThan(start)
      reached = end
    }
    expect(reached).toBeLessThanOrEqual(0.75)
  })
})

describe('times by letters', () => {
  it('share what is voiced, and leave silence out', () => {
    const voiced = [
      { start: 0.5, end: 1 },
      { start: 2, end: 2.5 },
    ]
    const times = spreadTimes(words('four', 'five', 'sixteen8', 'x'), { voiced, seconds: 3 })
    expect(times[0]!.start).toBeCloseTo(0.5)
    expect(times.at(-1)!.end).toBeCloseTo(2.5)
    expect(times[1]!.end).toBeCloseTo(0.5 + (8 / 17) * 1)
  })

  it('fill the whole sound where nothing stands out', () => {
    const times = spreadTimes(words('ab', 'cd'), { voiced: [], seconds: 2 })
    expect(times).toEqual([
      { start: 0, end: 1 },
      { start: 1, end: 2 },
    ])
  })
})
