import { expect, it } from 'vitest'
import { HandClock } from '#dialogue/testing/clock.ts'
import { HEALTH_KEPT, type HealthSample } from '#protocol/contracts.ts'
import { contractFixture, openFixture } from '../testing/fixture.ts'

/** However slow the machine is. */
const WAIT = { timeout: 25_000 }

it('asks a plugin how it is, and keeps what it said last', async () => {
  const code = `let n = 0; on('health_check', () => ({ status: n++ === 1 ? 'BUSY' : 'READY', message: 'Asked ' + n, latency_ms: n, memory_mb: null, details: { n } }))`
  const clock = new HandClock()
  const slot = openFixture(contractFixture(code), { clock })
  await slot.load()
  const last = () => slot.state.health.at(-1)?.message
  for (let at = 1; at <= HEALTH_KEPT + 1; at++) {
    await expect.poll(last, { ...WAIT, interval: 1 }).toBe(`Asked ${at}`)
    await clock.pass(10_000)
  }
  const kept = slot.state.health.slice(0, HEALTH_KEPT)
  expect(slot.state.health).toHaveLength(HEALTH_KEPT)
  expect(kept[0]).toMatchObject({ status: 'BUSY', answered: true, message: 'Asked 2', latencyMs: 2, details: { n: 2 } })
  expect(kept[0]).not.toHaveProperty('memoryMb')
})

it('starts a plugin anew that does not answer three times, and not before', async () => {
  // Half of the time of the question's patience, as the clock stands still while a process works.
  const code = `let n = 0; on('health_check', () => ++n === 3 || n > 4 ? new Promise(() => {}) : { status: 'READY' }); on('get_voices', () => [])`
  const clock = new HandClock()
  const slot = openFixture(contractFixture(code), { clock })
  await slot.load()
  const { pid } = slot.state
  const answers: boolean[] = []
  /** The next sample, once `milliseconds` after the one before have passed. */
  const next = async (milliseconds: number): Promise<HealthSample> => {
    const before = slot.state.health.at(-1)
    await clock.pass(milliseconds)
    await expect.poll(() => slot.state.health.at(-1), { ...WAIT, interval: 1 }).not.toBe(before)
    return slot.state.health.at(-1)!
  }
  for (const wait of [0, 10_000, 15_000, 10_000, 15_000, 15_000]) answers.push((await next(wait)).answered)
  expect(answers).toEqual([true, true, false, true, false, false])
  expect(slot.state).toMatchObject({ pid, status: 'READY', restarts: 0 })
  await clock.pass(15_000)
  await expect.poll(() => slot.state.status, WAIT).toBe('ERROR')
  expect(slot.state.failure?.message).toContain('did not answer 3 times')
  await clock.pass(1000)
  expect(await slot.call('get_voices', {})).toEqual([])
  expect(slot.state.pid).not.toBe(pid)
  // What was stays to be seen.
  expect(slot.state.health.some(({ answered }) => !answered)).toBe(true)
})

it('takes an error for an answer', async () => {
  const clock = new HandClock()
  const slot = openFixture(contractFixture(`on('health_check', () => { throw fail(1000, 'The voice is hoarse.') })`), {
    clock,
  })
  await slot.load()
  await expect.poll(() => slot.state.health.length, WAIT).toBe(1)
  expect(slot.state.health[0]).toMatchObject({ answered: true, status: 'ERROR' })
  expect(slot.state.health[0]?.message).toContain('The voice is hoarse.')
  expect(slot.state.status).toBe('READY')
})
