import { describe, expect, it } from 'vitest'
import { inOrder } from './in-order.ts'

const wait = (milliseconds: number) => new Promise(resolve => setTimeout(resolve, milliseconds))
async function* upTo(count: number) {
  for (let at = 0; at < count; at++) yield at
}

describe('work in order', () => {
  it('gives results in the order of the items, whichever is done first', async () => {
    const work = async (item: number) => {
      await wait(item % 2 === 0 ? 8 : 1)
      return item
    }
    const results: number[] = []
    for await (const result of inOrder(upTo(10), 3, work)) results.push(await result)
    expect(results).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  it('begins no more than it may', async () => {
    let begun = 0
    let given = 0
    for await (const _ of inOrder(upTo(20), 3, () => ++begun)) {
      await wait(1)
      given++
      expect(begun - given).toBeLessThan(3)
    }
    expect(given).toBe(20)
  })

  it('gives the first while the second is still to come', async () => {
    const never = (async function* () {
      yield 1
      await new Promise(() => undefined)
    })()
    for await (const result of inOrder(never, 3, item => item)) {
      expect(result).toBe(1)
      break
    }
  })

  it('fails when its source does, after what came before', async () => {
    const broken = (async function* () {
      yield 1
      throw new Error('no more')
    })()
    const results: number[] = []
    const all = (async () => {
      for await (const result of inOrder(broken, 3, item => item)) results.push(result)
    })()
    await expect(all).rejects.toThrow('no more')
    expect(results).toEqual([1])
  })
})
