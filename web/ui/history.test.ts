import { describe, expect, it } from 'vitest'
import { createHistory } from './history.ts'

function clocked(depth?: number) {
  let time = 0
  const history = createHistory('', { now: () => time, ...(depth === undefined ? {} : { depth }) })
  return { history, wait: (ms: number) => (time += ms) }
}

describe('history', () => {
  it('goes back and forward, and a new change ends the way forward', () => {
    const { history } = clocked()
    expect(history.undo()).toBeUndefined()
    history.push('a')
    history.push('ab')
    expect(history.undo()).toBe('a')
    expect(history.undo()).toBe('')
    expect(history.canUndo).toBe(false)
    expect(history.redo()).toBe('a')
    history.push('ac')
    expect(history.canRedo).toBe(false)
    expect(history.redo()).toBeUndefined()
    expect(history.undo()).toBe('a')
  })

  it('takes typing in one place as one step until a second passes', () => {
    const { history, wait } = clocked()
    history.push('h', 'p1')
    wait(999)
    history.push('hi', 'p1')
    wait(1000)
    history.push('hi!', 'p1')
    expect(history.undo()).toBe('hi')
    expect(history.undo()).toBe('')
  })

  it('parts typing in different places, and untagged changes always', () => {
    const { history } = clocked()
    history.push('1', 'p1')
    history.push('2', 'p2')
    history.push('3')
    history.push('4')
    expect([history.undo(), history.undo(), history.undo(), history.undo()]).toEqual(['3', '2', '1', ''])
  })

  it('ends a burst after eight seconds even without a pause', () => {
    const { history, wait } = clocked()
    for (let at = 1; at <= 20; at++) {
      history.push('x'.repeat(at), 'p')
      wait(500)
    }
    expect(history.undo()?.length).toBe(17)
    expect(history.undo()).toBe('')
  })

  it('does not join what is typed after an undo with what was undone', () => {
    const { history } = clocked()
    history.push('a', 'p')
    history.undo()
    history.push('b', 'p')
    history.push('bc', 'p')
    expect(history.undo()).toBe('')
  })

  it('forgets the oldest step beyond its depth', () => {
    for (const [pushes, back] of [
      [3, ''],
      [4, '1'],
    ] as const) {
      const { history } = clocked(3)
      for (let at = 1; at <= pushes; at++) history.push(String(at))
      let last: string | undefined
      for (let step = history.undo(); step !== undefined; step = history.undo()) last = step
      expect(last).toBe(back)
    }
  })

  it('ignores a change that changes nothing', () => {
    const { history } = clocked()
    history.push('')
    expect(history.canUndo).toBe(false)
  })
})
