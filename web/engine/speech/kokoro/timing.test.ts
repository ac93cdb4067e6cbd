import { describe, expect, it } from 'vitest'
import { wordTimes } from './timing.ts'

const word = (text: string, from: number, fromToken: number, toToken: number) => ({
  text,
  from,
  to: from + text.length,
  fromToken,
  toToken,
})

describe('wordTimes', () => {
  // Pad of 20 frames, "hi" of two tokens, a space, "you" of two tokens, pad: 25 ms a frame.
  const durations = [20, 4, 6, 2, 8, 4, 10]
  const words = [word('hi', 0, 0, 2), word('you', 3, 3, 5)]

  it('adds up the frames before a word and takes off the lag of the labels', () => {
    const times = wordTimes(words, durations, { at: 0, lead: 0, length: 1.35 })
    expect(times.map(({ start, end }) => [start, end].map(value => +value.toFixed(3)))).toEqual([
      [0.44, 0.69],
      [0.74, 1.04],
    ])
  })

  it('counts from the start of the segment and from the first sample that was kept', () => {
    const [first] = wordTimes(words, durations, { at: 10, lead: 0.4, length: 0.9 })
    expect(first!.start).toBeCloseTo(10.04)
  })

  it('stays inside the sound', () => {
    const times = wordTimes(words, durations, { at: 0, lead: 0.6, length: 0.3 })
    for (const { start, end } of times) {
      expect(start).toBeGreaterThanOrEqual(0)
      expect(end).toBeLessThanOrEqual(0.3)
    }
  })

  it('joins the spoken words that are one word on the page', () => {
    const spoken = [word('$45.50', 0, 0, 2), word('$45.50', 0, 3, 5)]
    expect(wordTimes(spoken, durations, { at: 0, lead: 0, length: 2 })).toEqual([
      { text: '$45.50', from: 0, to: 6, start: expect.closeTo(0.44), end: expect.closeTo(1.04) },
    ])
  })
})
