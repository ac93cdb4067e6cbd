import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { systemClock } from '#dialogue/clock.ts'
import { contractFixture, openFixture, startInstance } from '../testing/fixture.ts'
import { Entrance } from './entrance.ts'
import { Sessions } from './sessions.ts'
import { swapInstances } from './swap.ts'

// How a swap ends when the two do not fit, or when one of them goes in the midst of it.

/** However slow the machine is. */
const WAIT = { timeout: 25_000 }

/** Counts its calls; does what files beside it say. */
const COUNTER = `
const { existsSync, readFileSync, writeFileSync } = await import('node:fs')
state = { n: 0 }
on('get_voice_info', async () => { state.n = (state.n ?? 0) + 1; return { ...state, pid: process.pid } })
on('initialize', async () => {
  if (existsSync('murder')) {
    const other = Number(readFileSync('murder', 'utf8'))
    process.kill(other, 'SIGKILL')
    const isThere = () => { try { return process.kill(other, 0) } catch { return false } }
    while (isThere()) await wait(5)
    throw new Error('I did it.')
  }
  return existsSync('plain') ? { features: ['attachments'] } : undefined
})
on('capture_state', () => existsSync('die') ? process.exit(9) : existsSync('empty') ? {} : state)
on('restore_state', params => {
  if (existsSync('hang')) { writeFileSync('hangs', ''); return new Promise(() => {}) }
  state = params.state
  return null
})`
const ask = { voice_id: 'a' }
const failed = (words: string) =>
  expect.objectContaining({
    message: expect.stringContaining(words),
    details: expect.objectContaining({ failure: 'SWAP_FAILED' }),
  })

function counter() {
  const fixture = contractFixture(COUNTER)
  const path = (name: string) => join(fixture.folder, name)
  return {
    fixture,
    mark: (name: string, text = '') => writeFileSync(path(name), text),
    unmark: (name: string) => rmSync(path(name)),
    hasMark: (name: string) => existsSync(path(name)),
  }
}

it('loses no state to a new one that keeps none', async () => {
  const { fixture, mark } = counter()
  const slot = openFixture(fixture)
  await slot.call('get_voice_info', ask)
  const { pid } = slot.state
  mark('plain')
  await expect(slot.swap()).rejects.toEqual(failed('the old one goes on. It keeps state, and the new one does not'))
  expect(await slot.call('get_voice_info', ask)).toMatchObject({ n: 2, pid })
  // Nothing to lose: what it would have kept is empty.
  mark('empty')
  await slot.swap()
  expect(slot.state).toMatchObject({ status: 'READY', canKeepState: false })
  expect(await slot.call('get_voice_info', ask)).toMatchObject({ n: 1 })
})

it('begins anew where the old one kept nothing', async () => {
  const { fixture, mark, unmark } = counter()
  mark('plain')
  const slot = openFixture(fixture)
  await slot.call('get_voice_info', ask)
  unmark('plain')
  await slot.swap()
  expect(slot.state.canKeepState).toBe(true)
  expect(await slot.call('get_voice_info', ask)).toMatchObject({ n: 1 })
})

it('takes the new one at once when the old one dies in the midst of it', async () => {
  const { fixture, mark, unmark } = counter()
  const slot = openFixture(fixture, { rules: { backoff: [600_000, 600_000] } })
  await slot.call('get_voice_info', ask)
  const { pid } = slot.state
  mark('die')
  const swapped = slot.swap()
  await expect.poll(() => slot.state.pid, WAIT).not.toBe(pid)
  const waiting = slot.call('get_voice_info', ask)
  await swapped
  unmark('die')
  expect(await waiting).toMatchObject({ n: 1 })
  expect(slot.state).toMatchObject({ status: 'READY', restarts: 0, inFlight: 0 })
  expect(slot.state.failure).toBeUndefined()
})

it('does not wait for a stream of sound whose plugin is gone', async () => {
  const fixture = contractFixture(COUNTER)
  const [old, next] = [await startInstance(fixture), await startInstance(fixture)]
  const sessions = new Sessions()
  sessions.note('start_stream', {}, 'one', systemClock.now())
  const adopted: unknown[] = []
  const swapped = swapInstances({
    ...{ name: 'fixture', old, entrance: new Entrance(10), sessions, clock: systemClock, patience: 600_000 },
    open: () => Promise.resolve(next),
    adopt: instance => adopted.push(instance),
  })
  process.kill(old.pid!, 'SIGKILL')
  await swapped
  expect(adopted).toEqual([next])
})

it('says that both are gone, and brings the plugin back', async () => {
  const { fixture, mark, unmark } = counter()
  const slot = openFixture(fixture, { rules: { backoff: [1, 1], quarantineAfter: Infinity } })
  await slot.load()
  mark('murder', String(slot.state.pid))
  await expect(slot.swap()).rejects.toEqual(failed('the old one is gone, too. It could not start. It says: I did it.'))
  unmark('murder')
  await slot.load()
  expect(await slot.call('get_voice_info', ask)).toMatchObject({ n: 1 })
})

it('leaves alone what died once too often in the midst of it', async () => {
  const { fixture, mark, unmark } = counter()
  const slot = openFixture(fixture, { rules: { quarantineAfter: 0 } })
  await slot.load()
  mark('die')
  const outcome = await slot.swap().then(
    () => 'swapped',
    (error: Error) => error.message,
  )
  // Whichever was first: the end of the old one was noticed, or the new one was in its place.
  if (outcome !== 'swapped') {
    expect(outcome).toContain('is left alone')
    expect(slot.state).toMatchObject({ status: 'ERROR', quarantined: true })
    slot.release()
  }
  unmark('die')
  expect(await slot.call('get_voice_info', ask)).toMatchObject({ n: 1 })
})

it('keeps the old one when the new one dies before it was needed', async () => {
  const { fixture, mark } = counter()
  mark('plain')
  const old = await startInstance(fixture)
  const adopted: unknown[] = []
  const swapped = swapInstances({
    ...{
      name: 'fixture',
      old,
      entrance: new Entrance(10),
      sessions: new Sessions(),
      clock: systemClock,
      patience: 30_000,
    },
    open: async () => {
      const next = await startInstance(fixture)
      process.kill(next.pid!, 'SIGKILL')
      await next.gone
      return next
    },
    adopt: instance => adopted.push(instance),
  })
  await expect(swapped).rejects.toEqual(failed('the old one goes on. It was ended by SIGKILL'))
  expect(adopted).toEqual([])
  expect(await old.ask('get_voice_info', ask)).toMatchObject({ n: 1 })
})

it('ends at once when it is closed, whatever the new one does', async () => {
  const { fixture, mark, hasMark } = counter()
  const slot = openFixture(fixture, { rules: { swapPatience: 600_000 } })
  await slot.load()
  mark('hang')
  const swapped = expect(slot.swap()).rejects.toMatchObject({ code: 'cancelled' })
  await expect.poll(() => hasMark('hangs'), WAIT).toBe(true)
  await slot.close()
  await swapped
  expect(slot.state.status).toBe('STOPPED')
})
