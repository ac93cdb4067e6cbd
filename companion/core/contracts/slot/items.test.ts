import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import { HandClock } from '#dialogue/testing/clock.ts'
import { MOST_UNREAD } from '../wire/limits.ts'
import { Items } from './items.ts'
import { Unread } from './unread.ts'

it('holds nobody up with items of a stream that was given up', async () => {
  const unread = new Unread(new PassThrough(), new HandClock(), () => {})
  const items = new Items(unread)
  items.push('first', 5)
  items.fail(new Error('Too late.'))
  items.push('never read', MOST_UNREAD)
  expect([items.waiting, unread.isHeld]).toEqual([5, false])
  const read: unknown[] = []
  const reading = (async () => {
    for await (const item of items.read()) read.push(item)
  })()
  await expect(reading).rejects.toThrow('Too late.')
  expect(read).toEqual(['first'])
})
