import { describe, expect, it } from 'vitest'
import { planChunks } from './chunk.ts'
import { MAX_TOKENS } from './meta.ts'
import { countTokens } from './tokens.ts'

const word = 'kwˈɪkli'
const words = (count: number) => Array.from({ length: count }, () => word).join(' ')
const lengths = (text: string, hurry?: Parameters<typeof planChunks>[1]) =>
  planChunks(text, hurry).map(({ from, to }) => countTokens(text.slice(from, to)))

describe('planChunks', () => {
  it('leaves a sentence of ordinary length whole', () => {
    expect(planChunks(words(20))).toEqual([{ from: 0, to: words(20).length, pauseAfter: 0 }])
  })

  it('covers the whole text in order, with nothing lost or said twice', () => {
    for (const count of [1, 33, 34, 35, 70, 400]) {
      const text = words(count)
      const chunks = planChunks(text)
      expect(chunks.map(({ from, to }) => text.slice(from, to)).join('')).toBe(text)
    }
  })

  it('cuts at words, never inside one, and never over the limit of the model', () => {
    const text = words(300)
    for (const { from, to } of planChunks(text)) {
      expect(
        text
          .slice(from, to)
          .trim()
          .split(' ')
          .every(part => part === word),
      ).toBe(true)
      expect(countTokens(text.slice(from, to))).toBeLessThanOrEqual(MAX_TOKENS)
    }
  })

  it('prefers the end of a clause', () => {
    const text = `${words(16)}, ${words(20)}; ${words(16)}`
    expect(planChunks(text).map(({ from, to }) => text.slice(from, to).trim().at(-1))).toContain(';')
  })

  it('leaves no crumb at the end that the voice would mumble', () => {
    for (let count = 30; count < 120; count++) expect(Math.min(...lengths(words(count)))).toBeGreaterThanOrEqual(20)
  })

  it('takes a single word of 270 symbols whole and cuts the one that is longer than the model takes', () => {
    expect(lengths('a'.repeat(MAX_TOKENS))).toEqual([MAX_TOKENS])
    expect(lengths('a'.repeat(MAX_TOKENS + 1)).every(length => length <= MAX_TOKENS)).toBe(true)
    expect(lengths('a'.repeat(MAX_TOKENS + 1)).reduce((sum, length) => sum + length)).toBe(MAX_TOKENS + 1)
  })

  it('begins with a short piece when somebody waits, and grows from there', () => {
    const found = lengths(words(60), { buffered: 0, realTimeFactor: 0.7, speed: 1 })
    expect(found[0]).toBeLessThanOrEqual(48)
    expect(found.at(-1)).toBeGreaterThan(found[0]!)
  })

  it('does not hurry while there is sound enough', () => {
    expect(lengths(words(28), { buffered: 60, realTimeFactor: 0.7, speed: 1 })).toHaveLength(1)
  })

  it('plans a megabyte without a full stop in linear time', () => {
    const count = (size: number) => planChunks(words(size)).length
    expect(count(125_000)).toBeGreaterThan(count(62_500) * 1.9)
  })

  it('has nothing to say for nothing', () => {
    expect(planChunks('')).toEqual([])
    expect(planChunks('漢字')).toEqual([])
  })
})
