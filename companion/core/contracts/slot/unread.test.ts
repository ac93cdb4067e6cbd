import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import { HandClock } from '#dialogue/testing/clock.ts'
import { SeamError } from '#protocol/errors.ts'
import { contractFixture, openFixture, startInstance } from '../testing/fixture.ts'
import { MOST_UNREAD } from '../wire/limits.ts'
import { Health } from './health.ts'
import { SUPERVISION } from './rules.ts'
import { deadline, STALLED_AFTER, Unread } from './unread.ts'

/** However slow the machine is. */
const WAIT = { timeout: 25_000 }

it('stops reading at more than the most, and reads on when half of it was taken', () => {
  const stream = new PassThrough().resume()
  const unread = new Unread(stream, new HandClock(), () => {})
  unread.add(MOST_UNREAD)
  expect([unread.isHeld, stream.isPaused()]).toEqual([false, false])
  unread.add(1)
  expect([unread.isHeld, stream.isPaused()]).toEqual([true, true])
  unread.take(MOST_UNREAD / 2)
  expect(unread.isHeld).toBe(true)
  unread.take(1)
  expect([unread.isHeld, stream.isPaused()]).toEqual([false, false])
})

it('is late after its time without a sign, not counting the time in which nothing is read', async () => {
  const clock = new HandClock()
  const unread = new Unread(new PassThrough(), clock, () => {})
  let isLate = false
  const limit = deadline(clock, unread, 1000, () => (isLate = true))
  await clock.pass(999)
  limit.sign()
  await clock.pass(999)
  expect(isLate).toBe(false)
  unread.add(MOST_UNREAD + 1)
  await clock.pass(10_000)
  expect(isLate).toBe(false)
  unread.take(MOST_UNREAD)
  await clock.pass(999)
  expect(isLate).toBe(false)
  await clock.pass(1)
  expect(isLate).toBe(true)
})

it('waits for whoever takes slowly, and for nobody once the plugin is gone', async () => {
  const clock = new HandClock()
  const stream = new PassThrough().resume()
  let stalls = 0
  const unread = new Unread(stream, clock, () => (stalls += 1))
  unread.add(2 * MOST_UNREAD)
  for (let at = 0; at < 5; at++) {
    await clock.pass(STALLED_AFTER - 1)
    unread.take(1)
  }
  expect(stalls).toBe(0)
  await clock.pass(STALLED_AFTER - 1)
  expect(stalls).toBe(0)
  await clock.pass(1)
  expect(stalls).toBe(1)
  unread.finish()
  unread.add(2 * MOST_UNREAD)
  expect([unread.isHeld, stream.isPaused()]).toEqual([false, false])
  await clock.pass(10 * STALLED_AFTER)
  expect(stalls).toBe(1)
})

it('is not late once it was ended', async () => {
  const clock = new HandClock()
  let isLate = false
  deadline(clock, new Unread(new PassThrough(), clock, () => {}), 1000, () => (isLate = true)).end()
  await clock.pass(10_000)
  expect(isLate).toBe(false)
})

/** Tells 200 pieces of 1 MiB as fast as they are taken. */
const FLOOD = `
on('synthesize', async (_, { token, signal }) => {
  const piece = Buffer.alloc(2 ** 20, 'x')
  for (let at = 0; at < 200 && !signal.aborted; at++) { item(token, audio(piece)); await wait(0) }
}, { streams: true })
on('get_voices', () => [])`

it('keeps little of a stream whose reader is slow', async () => {
  const slot = openFixture(contractFixture(FLOOD))
  await slot.load()
  const before = process.memoryUsage.rss()
  let [most, pieces] = [0, 0]
  for await (const _ of slot.stream('synthesize', { text: 'Hi' })) {
    pieces += 1
    if (pieces === 1) await new Promise(resolve => setTimeout(resolve, 500))
    most = Math.max(most, process.memoryUsage.rss() - before)
  }
  expect(pieces).toBe(200)
  expect(most).toBeLessThan(150 * 2 ** 20)
  expect(slot.state).toMatchObject({ restarts: 0, faults: 0 })
})

it('does not ask how a plugin is whose output is left in its pipe', async () => {
  const clock = new HandClock()
  const instance = await startInstance(contractFixture(FLOOD), clock)
  const lost: unknown[] = []
  const health = new Health({ rules: SUPERVISION, clock, onSample: () => {}, onLost: one => lost.push(one) })
  const items = instance.stream('synthesize', { text: 'Hi' })
  await items.next()
  await expect.poll(() => instance.isHeld, WAIT).toBe(true)
  health.begin(instance)
  await clock.pass(STALLED_AFTER - 1)
  expect(health.samples).toEqual([])
  while (!(await items.next()).done) continue
  await clock.pass(1)
  await expect.poll(() => health.samples, WAIT).toMatchObject([{ answered: true }])
  health.stop()
  expect(lost).toEqual([])
})

it('gives up a stream that nobody reads, so that others go on', async () => {
  const clock = new HandClock()
  const instance = await startInstance(contractFixture(FLOOD), clock)
  const items = instance.stream('synthesize', { text: 'Hi' })
  await items.next()
  await expect.poll(() => instance.isHeld, WAIT).toBe(true)
  const voices = instance.ask('get_voices', {})
  await clock.pass(STALLED_AFTER)
  expect(await voices).toEqual([])
  await expect(items.next()).rejects.toMatchObject({
    code: 'engine',
    retryable: true,
    message: expect.stringContaining('not taken for 60 seconds'),
  })
})

it('gives up a stream that nobody reads, though the plugin has long answered it', async () => {
  const clock = new HandClock()
  const code = `
const tellMany = (token, count) => { for (let at = 0; at < count; at++) item(token, audio(Buffer.alloc(2 ** 20))) }
on('synthesize', async ({ text }, { token, signal }) => {
  if (text === 'short') return tellMany(token, 12)
  while (!signal.aborted) { tellMany(token, 1); await wait(0) }
}, { streams: true })
on('get_voices', () => [])`
  const instance = await startInstance(contractFixture(code), clock)
  const [short, long] = ['short', 'long'].map(text => instance.stream('synthesize', { text }))
  await short!.next()
  await instance.ask('get_voices', {})
  await long!.next()
  await expect.poll(() => instance.isHeld, WAIT).toBe(true)
  const voices = instance.ask('get_voices', {})
  await clock.pass(STALLED_AFTER)
  expect(await voices).toEqual([])
  // What is missing at its end must not be taken for the end.
  await expect(short!.next()).rejects.toThrow('not taken for 60 seconds')
  await long!.return(null)
})

it('ends a plugin whose stream nobody reads without waiting for a reader', async () => {
  const instance = await startInstance(contractFixture(FLOOD))
  const items = instance.stream('synthesize', { text: 'Hi' })
  await items.next()
  await expect.poll(() => instance.isHeld, WAIT).toBe(true)
  await instance.shutdown(new SeamError('cancelled', 'It was unloaded.'))
  await expect(Array.fromAsync(items)).rejects.toThrow('It was unloaded.')
})
