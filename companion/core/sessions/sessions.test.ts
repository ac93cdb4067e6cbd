import { describe, expect, it, vi } from 'vitest'
import { HandClock } from '#dialogue/testing/clock.ts'
import { Connection } from './connection.ts'
import { MOST_SESSIONS, SESSION_LIFE } from './limits.ts'
import { Sessions } from './sessions.ts'
import { connect, floats, open } from './testing/client.ts'
import { SAID, ScriptedLine } from './testing/scene.ts'

vi.setConfig({ testTimeout: 20_000 })

describe('sessions', () => {
  it(`are ${MOST_SESSIONS} at most`, async () => {
    const { sessions } = open()
    await sessions.create({}, 'mine')
    await expect(sessions.create({}, 'mine')).rejects.toMatchObject({ code: 'conflict' })
    for (let count = 1; count < MOST_SESSIONS; count++) await sessions.create({})
    await expect(sessions.create({})).rejects.toMatchObject({ code: 'conflict', message: /no more can be/ })
    const line = new ScriptedLine()
    void new Connection(sessions, 'another', line, {})
    await vi.waitFor(() => expect(line.ended).toMatchObject({ code: 1008 }))
    expect(line.told).toMatchObject([{ type: 'error', code: 'conflict' }])
    sessions.remove('mine')
    await sessions.create({})
    expect(sessions.list()).toHaveLength(MOST_SESSIONS)
  })

  it('end when nobody has been there for a while', async () => {
    const { services } = open()
    const clock = new HandClock()
    const sessions = new Sessions({ ...services, clock })
    await sessions.create({}, 'x')
    await clock.pass(SESSION_LIFE - 1)
    expect(sessions.counts).toEqual({ open: 1, connected: 0 })
    await clock.pass(1)
    expect(sessions.counts).toEqual({ open: 0, connected: 0 })
    const line = new ScriptedLine()
    const connection = new Connection(sessions, 'x', line, {})
    await vi.waitFor(() => expect(line.of('session_started')).toHaveLength(1))
    await clock.pass(2 * SESSION_LIFE)
    expect(sessions.counts).toEqual({ open: 1, connected: 1 })
    connection.gone()
    await clock.pass(SESSION_LIFE)
    expect(sessions.list()).toEqual([])
    sessions.close()
  })

  it('that are ended while somebody connects are not had', async () => {
    const scene = open()
    await scene.sessions.create({}, 'x')
    const line = new ScriptedLine()
    void new Connection(scene.sessions, 'x', line, {})
    scene.sessions.remove('x')
    await vi.waitFor(() => expect(line.ended).toMatchObject({ code: 1008 }))
    expect([line.of('session_started'), scene.sessions.list()]).toEqual([[], []])
  })

  it('let go of a client that is gone before it was let in', async () => {
    const scene = open()
    const { connection, say, until } = connect(scene)
    await until('session_started')
    say('hello', { mode: 'hands-free' })
    await Promise.resolve()
    connection.gone()
    await new Promise(resolve => setTimeout(resolve, 100))
    expect(scene.sessions.get('x').isConnected).toBe(false)
    const early = new Connection(scene.sessions, 'x', new ScriptedLine(), {})
    early.gone()
    await new Promise(resolve => setTimeout(resolve, 100))
    expect(scene.sessions.get('x').isConnected).toBe(false)
  })

  it('are not made for what is not there', async () => {
    const { sessions } = open()
    for (const wish of [{ persona: 'nobody' }, { voice: 'nobody' }, { model: 'nobody' }]) {
      await expect(sessions.create(wish)).rejects.toMatchObject({ code: 'not-found' })
      const line = new ScriptedLine()
      void new Connection(sessions, 'x', line, wish)
      await vi.waitFor(() => expect(line.ended).toMatchObject({ code: 1008 }))
    }
    expect(sessions.list()).toEqual([])
  })

  it('stay when only the one that asked first can’t be let in', async () => {
    const { sessions } = open()
    const [bad, good] = [new ScriptedLine(), new ScriptedLine()]
    void new Connection(sessions, 'x', bad, { persona: 'nobody' })
    const client = new Connection(sessions, 'x', good, {})
    await vi.waitFor(() => expect([bad.ended?.code, good.of('session_started').length]).toEqual([1008, 1]))
    await new Promise(resolve => setTimeout(resolve, 20))
    expect(sessions.list()).toMatchObject([{ id: 'x', connected: true }])
    client.gone()
    // It was used, so who can't be let in later does not end it.
    const late = new ScriptedLine()
    void new Connection(sessions, 'x', late, { voice: 'nobody' })
    await vi.waitFor(() => expect(late.ended).toMatchObject({ code: 1008 }))
    expect(sessions.list()).toHaveLength(1)
  })

  it('are not made when neither of two can be let in', async () => {
    const { sessions } = open()
    const lines = [{ persona: 'nobody' }, { voice: 'nobody' }].map(wish => {
      const line = new ScriptedLine()
      void new Connection(sessions, 'x', line, wish)
      return line
    })
    await vi.waitFor(() => expect(lines.map(({ ended }) => ended?.code)).toEqual([1008, 1008]))
    expect(sessions.list()).toEqual([])
  })

  it('do not end while somebody is being let in', async () => {
    const { services } = open()
    const clock = new HandClock()
    let gate = Promise.resolve()
    const personas = {
      list: () => services.personas.list(),
      open: (id: string) => gate.then(() => services.personas.open(id)),
    }
    const sessions = new Sessions({ ...services, personas, clock })
    await sessions.create({}, 'x')
    const held = Promise.withResolvers<void>()
    gate = held.promise
    const line = new ScriptedLine()
    const connection = new Connection(sessions, 'x', line, {})
    await clock.pass(SESSION_LIFE)
    held.resolve()
    await vi.waitFor(() => expect(line.of('session_started')).toHaveLength(1))
    expect(sessions.list()).toMatchObject([{ id: 'x', connected: true }])
    connection.gone()
    await clock.pass(SESSION_LIFE)
    expect(sessions.list()).toEqual([])
    sessions.close()
  })

  it('are driven from elsewhere only while a client is there', async () => {
    const scene = open(['Yes.'])
    await scene.sessions.create({ mode: 'push-to-talk' }, 'x')
    const session = scene.sessions.get('x')
    await expect(session.press('toggle')).rejects.toMatchObject({ code: 'conflict' })
    const client = connect(scene)
    await client.until('session_started')
    await session.press('toggle')
    expect(session.info.state).toBe('recording')
    client.connection.bytes(floats(0.2))
    await new Promise(resolve => setTimeout(resolve, 20))
    await session.press('toggle')
    await client.until('turn_complete')
    expect(client.line.of('turn_complete')[0]!.result.user!.text).toBe(SAID)
    await session.press('start')
    await session.press('cancel')
    expect(session.info.state).toBe('idle')
  })

  it('send their clients away when they end, and when the companion does', async () => {
    const scene = open()
    const [one, two] = [connect(scene, {}, 'one'), connect(scene, {}, 'two')]
    await Promise.all([one.until('session_started'), two.until('session_started')])
    scene.sessions.remove('one')
    expect([one.line.ended, two.line.ended]).toMatchObject([{ code: 1000 }, undefined])
    expect(() => scene.sessions.get('one')).toThrow(/no session “one”/)
    scene.sessions.close()
    expect(two.line.ended).toMatchObject({ code: 1001 })
    expect(scene.sessions.list()).toEqual([])
  })
})
