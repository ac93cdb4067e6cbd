import { describe, expect, it } from 'vitest'
import { HandClock, settle } from '#dialogue/testing/clock.ts'
import type { ListenEvent } from '#dialogue/types.ts'
import { DEAF_FOR, MUTED_AFTER, QUIET_AFTER, SessionEars } from './ears.ts'
import { CLIENT_RATE, ScriptedListeners } from './testing/scene.ts'

function scene() {
  const clock = new HandClock()
  const listeners = new ScriptedListeners()
  const told: ListenEvent['kind'][] = []
  const failures: unknown[] = []
  const ears = new SessionEars({
    clock,
    listeners,
    sampleRate: CLIENT_RATE,
    lang: () => 'en-us',
    hear: ({ kind }) => void told.push(kind),
    progress: () => {},
    failed: error => void failures.push(error),
  })
  const push = (seconds: number, value = 0.5) => ears.push(new Float32Array(seconds * CLIENT_RATE).fill(value))
  return { clock, listeners, told, failures, ears, push }
}

describe('ears for a client', () => {
  it('open with the first sound, and close when none has come for long', async () => {
    const { clock, listeners, push } = scene()
    expect(listeners.opened).toBe(0)
    push(0.1, 0)
    await clock.pass(QUIET_AFTER - 1)
    push(0.1, 0)
    await clock.pass(QUIET_AFTER - 1)
    expect([listeners.opened, listeners.open]).toEqual([1, 1])
    await clock.pass(1)
    expect(listeners.open).toBe(0)
    push(0.1, 0)
    await settle()
    expect([listeners.opened, listeners.open]).toEqual([2, 1])
  })

  it('take it for silence when nothing comes in mid-sentence', async () => {
    const { clock, told, push } = scene()
    push(0.1)
    await clock.pass(MUTED_AFTER - 1)
    push(0.1)
    await clock.pass(MUTED_AFTER - 1)
    expect(told).toEqual(['speech-start'])
    await clock.pass(1)
    expect(told).toEqual(['speech-start', 'speech-end', 'final'])
  })

  it('take it for silence, too, when what came before was not heard yet', async () => {
    const { clock, listeners, told, push } = scene()
    const gate = Promise.withResolvers<void>()
    listeners.gate = gate.promise
    push(1)
    await clock.pass(MUTED_AFTER)
    gate.resolve()
    await settle()
    expect(told).toEqual(['speech-start', 'speech-end', 'final'])
  })

  it('stay open for what waits to be heard, however long that takes', async () => {
    const { clock, listeners, told, push } = scene()
    const gate = Promise.withResolvers<void>()
    listeners.gate = gate.promise
    push(1)
    await clock.pass(QUIET_AFTER)
    gate.resolve()
    await settle()
    expect([told, listeners.open]).toEqual([['speech-start', 'speech-end', 'final'], 1])
    await clock.pass(QUIET_AFTER)
    expect(listeners.open).toBe(0)
  })

  it('let a failure pass before they try again', async () => {
    const { clock, listeners, failures, push } = scene()
    listeners.failure = new Error('It died.')
    push(0.1)
    await settle()
    listeners.failure = undefined
    await clock.pass(DEAF_FOR - 1)
    push(0.1)
    await settle()
    expect([failures.length, listeners.opened]).toEqual([1, 1])
    await clock.pass(1)
    push(0.1)
    await settle()
    expect([failures.length, listeners.opened, listeners.open]).toEqual([1, 2, 1])
  })

  it('know how far they are behind, and tell when they have caught up', async () => {
    const { listeners, ears, push } = scene()
    const gate = Promise.withResolvers<void>()
    listeners.gate = gate.promise
    push(2)
    push(1)
    let isCaughtUp = false
    void ears.caughtUp().then(() => (isCaughtUp = true))
    await settle()
    expect([ears.behind, isCaughtUp]).toEqual([3, false])
    gate.resolve()
    await settle()
    expect([ears.behind, isCaughtUp]).toEqual([0, true])
    await ears.caughtUp()
    ears.close()
    await ears.caughtUp()
  })
})
