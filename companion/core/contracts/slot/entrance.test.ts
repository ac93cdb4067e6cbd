import { expect, it } from 'vitest'
import { systemClock } from '#dialogue/clock.ts'
import { Entrance } from './entrance.ts'

it('lets in what calls under way wait for while it is shut, and never more than the most', () => {
  const entrance = new Entrance(2)
  const leave = entrance.begin()
  entrance.shut()
  expect([entrance.isOpen(false), entrance.isOpen(true)]).toEqual([false, true])
  entrance.begin()
  expect([entrance.isOpen(false), entrance.isOpen(true)]).toEqual([false, false])
  leave()
  leave()
  expect(entrance.active).toBe(1)
  entrance.open()
  expect(entrance.isOpen(false)).toBe(true)
})

it('is not waited for any longer once whoever waits has left', async () => {
  const entrance = new Entrance(2)
  entrance.begin()
  const left = new AbortController()
  const drained = entrance.drained(systemClock, 600_000, () => false, left.signal)
  left.abort()
  expect(await drained).toBe(false)
})
