import { describe, expect, it } from 'vitest'
import { decodeGreedily, type Step } from './decode.ts'
import { BEGIN, END, mostTokens } from './meta.ts'

const SIZE = 50

/** A decoder that wants these tokens, then the end; each much more than any other. */
function wanting(tokens: readonly number[], wish = 30) {
  const asked: number[] = []
  const next = (token: number): Promise<Step> => {
    const logits = new Float32Array(SIZE)
    logits[tokens[asked.length] ?? END] = wish
    asked.push(token)
    return Promise.resolve({ logits, attention: [] })
  }
  return { next, asked }
}
const counting = (count: number) => Array.from({ length: count }, (_, i) => 3 + (i % 40))

describe('greedy decoding', () => {
  it('asks with what it wrote last, and ends with the text', async () => {
    const { next, asked } = wanting([7, 8, 9])
    const { tokens, attention, doubt } = await decodeGreedily(next, { most: 10 })
    expect(tokens).toEqual([7, 8, 9])
    expect(asked).toEqual([BEGIN, 7, 8, 9])
    expect(attention).toHaveLength(4)
    expect(doubt).toBeUndefined()
  })

  it('says how sure it was', async () => {
    const sure = await decodeGreedily(wanting([7]).next, { most: 10 })
    expect(Math.exp(sure.logProbabilities[0]!)).toBeCloseTo(1, 5)
    const unsure = await decodeGreedily(wanting([7], Math.log(SIZE - 1)).next, { most: 10 })
    expect(Math.exp(unsure.logProbabilities[0]!)).toBeCloseTo(0.5, 5)
  })

  it('stops at the most that can be said in that time, and says that there was more', async () => {
    const most = mostTokens(2)
    expect(most).toBe(17)
    const all = await decodeGreedily(wanting(counting(most)).next, { most })
    expect(all.tokens).toHaveLength(most)
    expect(all.doubt).toBeUndefined()
    const more = await decodeGreedily(wanting(counting(most + 1)).next, { most })
    expect(more.tokens).toHaveLength(most)
    expect(more.doubt).toBe('long')
    expect(mostTokens(0.1)).toBeGreaterThan(2)
  })

  it('leaves a loop, and keeps what was said once', async () => {
    const loop = [3, 4, 5, 6]
    const { tokens, logProbabilities, attention, doubt } = await decodeGreedily(
      wanting([20, 21, ...loop, ...loop, ...loop, ...loop, ...loop]).next,
      { most: 100 },
    )
    expect(tokens).toEqual([20, 21, ...loop])
    expect(logProbabilities).toHaveLength(6)
    expect(attention).toHaveLength(7)
    expect(doubt).toBe('repetition')
  })

  it('stops when it is told to', async () => {
    const abort = new AbortController()
    const { next, asked } = wanting(counting(40))
    const decoding = decodeGreedily(
      token => {
        if (asked.length === 5) abort.abort()
        return next(token)
      },
      { most: 40, signal: abort.signal },
    )
    await expect(decoding).rejects.toMatchObject({ code: 'cancelled' })
    expect(asked).toHaveLength(6)
  })

  it('hears an abort that comes as a message, in the middle of work that never waits', async () => {
    const abort = new AbortController()
    setTimeout(() => abort.abort(), 0)
    await expect(
      decodeGreedily(wanting(counting(5_000)).next, { most: 5_000, signal: abort.signal }),
    ).rejects.toMatchObject({ code: 'cancelled' })
  })

  it('takes no answer without numbers', async () => {
    const next = () => Promise.resolve({ logits: new Float32Array(SIZE).fill(Number.NaN), attention: [] })
    await expect(decodeGreedily(next, { most: 5 })).rejects.toMatchObject({ code: 'engine' })
  })
})
