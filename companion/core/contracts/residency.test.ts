import { expect, it } from 'vitest'
import { HandClock } from '#dialogue/testing/clock.ts'
import { LOOK_EVERY, Residency, type Resident } from './residency.ts'

const MINUTE = 60_000

/** Plugins that only note when they were unloaded. */
function residents(...given: (Partial<Resident> & { readonly name: string })[]) {
  const gone: string[] = []
  const all = () =>
    given.map((one): Resident => ({
      isIdle: true,
      isLoaded: !gone.includes(one.name),
      idleUnload: 15 * MINUTE,
      unload: async () => void gone.push(one.name),
      ...one,
    }))
  return { gone, all, given }
}

it('unloads who was not called for as long as it may rest, and not a moment before', async () => {
  const clock = new HandClock()
  const { gone, all } = residents(
    { name: 'usual' },
    { name: 'short', idleUnload: MINUTE },
    { name: 'kept', idleUnload: 0 },
    { name: 'busy', idleUnload: MINUTE, isIdle: false },
  )
  const residency = new Residency({ clock, residents: all, most: 0 })
  await residency.look()
  await clock.pass(MINUTE - 1)
  await residency.look()
  expect(gone).toEqual([])
  await clock.pass(1)
  await residency.look()
  expect(gone).toEqual(['short'])
  await clock.pass(14 * MINUTE)
  await residency.look()
  expect(gone).toEqual(['short', 'usual'])
})

it('counts from the last call', async () => {
  const clock = new HandClock()
  const { gone, all, given } = residents({ name: 'used', idleUnload: MINUTE })
  const residency = new Residency({ clock, residents: all, most: 0 })
  await residency.look()
  await clock.pass(MINUTE)
  given[0] = { ...given[0]!, lastUsed: MINUTE - 1 }
  await residency.look()
  expect(gone).toEqual([])
  await clock.pass(MINUTE - 1)
  await residency.look()
  expect(gone).toEqual(['used'])
})

it('lets go of whoever was unused longest until all fit, and of none that fits just', async () => {
  const clock = new HandClock()
  await clock.pass(1000)
  const { gone, all } = residents(
    { name: 'old', pid: 1, lastUsed: 2000 },
    { name: 'older', pid: 2, lastUsed: 1500 },
    { name: 'busy', pid: 3, lastUsed: 1200, isIdle: false },
    { name: 'new', pid: 4, lastUsed: 3000 },
  )
  const sizeOf = () => 100
  await new Residency({ clock, residents: all, most: 400, sizeOf }).look()
  expect(gone).toEqual([])
  await new Residency({ clock, residents: all, most: 399, sizeOf }).look()
  expect(gone).toEqual(['older'])
  await new Residency({ clock, residents: all, most: 100, sizeOf }).look()
  expect(gone).toEqual(['older', 'old', 'new'])
})

it.each([
  ['time', { idleUnload: MINUTE }, 0],
  ['room', { idleUnload: 0 }, 1],
])('cuts nobody off who was called while another one ended for want of %s', async (_, rest, most) => {
  const clock = new HandClock()
  const { gone, all, given } = residents(
    {
      ...{ name: 'first', pid: 1, ...rest },
      unload: async () => {
        gone.push('first')
        given[1] = { ...given[1]!, isIdle: false }
      },
    },
    { name: 'second', pid: 2, ...rest },
  )
  const residency = new Residency({ clock, residents: all, most, sizeOf: () => 100 })
  if (most === 0) await residency.look()
  await clock.pass(MINUTE)
  await residency.look()
  expect(gone).toEqual(['first'])
})

it('looks by itself until it is stopped', async () => {
  const clock = new HandClock()
  let looks = 0
  const residency = new Residency({ clock, residents: () => (looks++, []), most: 0 })
  residency.start()
  await clock.pass(2 * LOOK_EVERY)
  expect(looks).toBe(2)
  residency.stop()
  await clock.pass(2 * LOOK_EVERY)
  expect(looks).toBe(2)
})
