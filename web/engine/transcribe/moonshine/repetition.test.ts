import { describe, expect, it } from 'vitest'
import { loopStart } from './repetition.ts'

const rounds = (unit: readonly number[], count: number) => Array.from({ length: count }, () => unit).flat()

describe('a loop', () => {
  it('is one phrase four times in a row, and is cut after the first', () => {
    const phrase = [11, 12, 13, 14]
    expect(loopStart([5, 6, ...rounds(phrase, 3), 11, 12, 13])).toBeUndefined()
    expect(loopStart([5, 6, ...rounds(phrase, 4)])).toBe(6)
  })

  it('needs sixteen tokens: people do say "no, no, no, no"', () => {
    expect(loopStart(rounds([7, 8], 7))).toBeUndefined()
    expect(loopStart(rounds([7, 8], 8))).toBe(2)
    expect(loopStart(rounds([7], 15))).toBeUndefined()
    expect(loopStart(rounds([7], 16))).toBe(1)
  })

  it('may be as long as a sentence', () => {
    const sentence = Array.from({ length: 20 }, (_, i) => i + 10)
    expect(loopStart(rounds(sentence, 4).slice(0, -1))).toBeUndefined()
    expect(loopStart(rounds(sentence, 4))).toBe(20)
  })

  it('is not in speech that says different things', () => {
    expect(loopStart(Array.from({ length: 200 }, (_, i) => (i * 7919) % 1009))).toBeUndefined()
    expect(loopStart([])).toBeUndefined()
  })
})
