import { describe, expect, it } from 'vitest'
import { isCertain } from './certainty.ts'

const certain = (text: string, ...logProbabilities: number[]) => isCertain({ logProbabilities }, text)

describe('a text', () => {
  it('was said when the decoder is sure enough on average', () => {
    expect(certain('Well, it was.', -1, -1, -1, -1)).toBe(true)
    expect(certain('Well, it was.', -1.01, -1.01, -1.01, -1.01)).toBe(false)
  })

  it('needs more of that where its beginning was a surprise', () => {
    expect(certain('It was the.', -1.5, -0.7, -0.7)).toBe(true)
    expect(certain('It was the.', -1.51, -0.7, -0.7)).toBe(false)
    expect(certain('It was the best of times.', -2, -0.1, -0.1, -0.1, -0.1, -0.1)).toBe(false)
    expect(certain('It was the best of times.', -1.75, -0.1, -0.1, -0.1, -0.1, -0.1)).toBe(true)
  })

  it('of one token needs to be certain', () => {
    expect(certain('You', -0.1)).toBe(true)
    expect(certain('You', -0.11)).toBe(false)
  })

  it('is none without a letter or a digit', () => {
    expect(certain('♪ …', 0, 0)).toBe(false)
    expect(certain('7', 0)).toBe(true)
    expect(certain('')).toBe(false)
  })
})
