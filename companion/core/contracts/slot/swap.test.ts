import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { systemClock } from '#dialogue/clock.ts'
import type { WireValue } from '#protocol/contracts.ts'
import { MAX_STATE } from '../wire/limits.ts'
import { contractFixture, openFixture, startInstance } from '../testing/fixture.ts'
import { Entrance } from './entrance.ts'
import { Sessions } from './sessions.ts'
import { swapInstances } from './swap.ts'

/** Counts its calls, and spoils what a file beside it names. */
const COUNTER = `
const { existsSync } = await import('node:fs')
state = { n: 0 }
on('get_voice_info', async ({ voice_id }) => { const n = ++state.n; await wait(Math.random() * 5); return { n, voice_id, pid: process.pid } })
on('initialize', () => existsSync('hang') ? new Promise(() => {}) : existsSync('throw') ? Promise.reject(new Error('No.')) : undefined)
on('restore_state', params => { if (existsSync('spoil')) throw new Error('That is not mine.'); state = params.state; return null })
on('capture_state', () => ({ ...state, rest: 'x'.repeat(existsSync('grow') ? ${MAX_STATE} : 0) }))
`
const failed = (words: string) =>
  expect.objectContaining({
    message: expect.stringContaining(words),
    details: expect.objectContaining({ failure: 'SWAP_FAILED' }),
  })
const countOf = (value: WireValue) => (value as { readonly n: number }).n

it('loses no call and no state when it is swapped under many callers', { timeout: 120_000 }, async () => {
  const slot = openFixture(contractFixture(COUNTER))
  await slot.load()
  let isOver = false
  const counts: number[] = []
  const pids = new Set<unknown>()
  const callers = Array.from({ length: 20 }, async (_, caller) => {
    for (let at = 0; !isOver; at++) {
      const voice_id = `${caller}-${at}`
      const answer = (await slot.call('get_voice_info', { voice_id })) as Record<string, WireValue>
      expect(answer['voice_id']).toBe(voice_id)
      counts.push(countOf(answer))
      await wait(Math.random() * 10)
      pids.add(answer['pid'])
    }
  })
  for (let at = 0; at < 50; at++) await slot.swap()
  isOver = true
  await Promise.all(callers)
  // Each number once: none was lost, and none counted twice.
  expect(counts.toSorted((a, b) => a - b)).toEqual(Array.from(counts, (_, at) => at + 1))
  expect(pids.size).toBeGreaterThan(40)
  expect(slot.state).toMatchObject({ restarts: 0, faults: 0, inFlight: 0, status: 'READY' })
})

it.each([
  ['hang', 'was not ready after 0.5 seconds'],
  ['throw', 'No.'],
  ['spoil', 'That is not mine.'],
  ['grow', `more than ${MAX_STATE}`],
])('goes on with the old one when the new one can’t take its place: %s', async (file, words) => {
  const fixture = contractFixture(COUNTER)
  const slot = openFixture(fixture, { rules: { swapPatience: file === 'hang' ? 500 : 30_000 } })
  await slot.call('get_voice_info', { voice_id: 'a' })
  const { pid } = slot.state
  writeFileSync(join(fixture.folder, file), '')
  await expect(slot.swap()).rejects.toEqual(failed(words))
  expect(slot.state).toMatchObject({ pid, status: 'READY' })
  expect(countOf(await slot.call('get_voice_info', { voice_id: 'a' }))).toBe(2)
  rmSync(join(fixture.folder, file))
})

it('waits for what is under way, and not longer than it may', async () => {
  const fixture = contractFixture(COUNTER)
  const [old, next] = [await startInstance(fixture), await startInstance(fixture)]
  const entrance = new Entrance(10)
  const sessions = new Sessions()
  const swap = {
    ...{ name: 'fixture', old, entrance, sessions, clock: systemClock, patience: 200 },
    open: () => Promise.resolve(next),
    adopt: () => {},
  }
  sessions.note('start_stream', {}, 'one', systemClock.now())
  await expect(swapInstances(swap)).rejects.toEqual(failed('still works on 1 streams'))
  sessions.clear()
  entrance.begin()
  await expect(swapInstances(swap)).rejects.toEqual(failed('still works on 1 calls'))
  expect(entrance.isOpen(false)).toBe(true)
  expect(await old.ask('get_voice_info', { voice_id: 'a' })).toMatchObject({ n: 1 })
  expect((await next.gone).code).toBe('cancelled')
})

it('waits for a stream of sound to be ended, whose pieces come in meanwhile', async () => {
  const code = `
on('start_stream', () => 'one')
on('feed_audio', () => ({ text: 'Hello', pid: process.pid }))
on('end_stream', () => ({ text: 'Hello.', pid: process.pid }))`
  const slot = openFixture(contractFixture(code, { contract: 'stt' }))
  const chunk = { mime: 'audio/wav', bytes: new Uint8Array(8) }
  expect(await slot.call('start_stream', {})).toBe('one')
  const { pid } = slot.state
  const swapped = slot.swap()
  for (let at = 0; at < 20; at++) {
    expect(await slot.call('feed_audio', { session_id: 'one', chunk })).toMatchObject({ pid })
  }
  expect(await slot.call('end_stream', { session_id: 'one' })).toMatchObject({ pid })
  await swapped
  expect(slot.state.pid).not.toBe(pid)
  expect(await slot.call('end_stream', { session_id: 'one' })).not.toMatchObject({ pid })
})

it('starts what is not loaded, and cancels', async () => {
  const fixture = contractFixture(COUNTER)
  const slot = openFixture(fixture)
  await slot.swap()
  expect(slot.state.status).toBe('READY')
  writeFileSync(join(fixture.folder, 'hang'), '')
  const { pid } = slot.state
  await expect(slot.swap(AbortSignal.timeout(50))).rejects.toMatchObject({ code: 'cancelled' })
  expect(slot.state).toMatchObject({ pid, status: 'READY' })
})

it('captures and restores, where a plugin can', async () => {
  const slot = openFixture(contractFixture(COUNTER))
  await slot.call('get_voice_info', { voice_id: 'a' })
  const state = await slot.capture()
  expect(state).toEqual({ n: 1, rest: '' })
  await slot.restore({ n: 41 })
  expect(countOf(await slot.call('get_voice_info', { voice_id: 'a' }))).toBe(42)
  const frame = JSON.stringify('').length
  await slot.restore('x'.repeat(MAX_STATE - frame))
  await expect(slot.restore('x'.repeat(MAX_STATE - frame + 1))).rejects.toMatchObject({
    code: 'quota',
    details: { failure: 'STATE_TOO_LARGE' },
  })
  const without = openFixture(contractFixture(`on('initialize', () => ({ features: [] }))`))
  await expect(without.capture()).rejects.toMatchObject({ code: 'unsupported' })
})
