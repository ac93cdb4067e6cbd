import { expect, it } from 'vitest'
import { systemClock, Timer } from './clock.ts'

it('calls back in order of time, and not at all once ended', async () => {
  const called: string[] = []
  systemClock.after(20, () => called.push('late'))
  systemClock.after(1, () => called.push('early'))
  systemClock.after(2, () => called.push('never'))()
  const before = systemClock.now()
  await new Promise<void>(resolve => systemClock.after(30, resolve))
  expect(called).toEqual(['early', 'late'])
  expect(systemClock.now()).toBeGreaterThan(before)
})

it('a timer that is started again has one end', async () => {
  const called: number[] = []
  const timer = new Timer(systemClock)
  timer.start(1, () => called.push(1))
  timer.start(2, () => called.push(2))
  expect(timer.running).toBe(true)
  await new Promise<void>(resolve => systemClock.after(15, resolve))
  expect([called, timer.running]).toEqual([[2], false])
})
