import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SessionInfo } from '#protocol/sessions.ts'
import { openSessionFixture, type SessionFixture } from './fixture-session.ts'

let folder: string
let fixture: SessionFixture
beforeAll(async () => {
  // Without weights: nobody can answer, and everything else is there.
  folder = mkdtempSync(join(tmpdir(), 'voxloom-no-weights-'))
  fixture = await openSessionFixture(folder)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('REST', () => {
  it('makes, shows, drives and ends sessions', async () => {
    const made = await fixture.call<SessionInfo>('POST', '/sessions', {
      id: 'hot.key-1',
      mode: 'push-to-talk',
      model: 'echo',
    })
    expect([made.status, made.json]).toMatchObject([201, { id: 'hot.key-1', connected: false, model: 'echo' }])
    expect((await fixture.call('POST', '/sessions', { id: 'hot.key-1' })).status).toBe(409)
    expect((await fixture.call('POST', '/sessions', { id: '.' })).status).toBe(400)
    expect((await fixture.call('POST', '/sessions', { model: 'nobody' })).status).toBe(404)
    expect((await fixture.call('POST', '/sessions/hot.key-1/toggle')).status).toBe(409)
    expect((await fixture.call('POST', '/sessions/nobody/toggle')).status).toBe(404)
    expect((await fixture.call<SessionInfo[]>('GET', '/sessions')).json.map(({ id }) => id)).toContain('hot.key-1')

    const client = await fixture.connect('hot.key-1')
    await client.until('session_started')
    expect((await fixture.call<SessionInfo>('POST', '/sessions/hot.key-1/toggle')).json.state).toBe('recording')
    expect((await fixture.call<SessionInfo>('POST', '/sessions/hot.key-1/cancel')).json.state).toBe('idle')
    client.say('text', { text: 'Hello.' })
    await client.until('turn_complete', 2)
    const shown = await fixture.call<SessionInfo & { history: unknown[] }>('GET', '/sessions/hot.key-1')
    expect(shown.json.history).toMatchObject([{ user: { text: 'Hello.' }, outcome: 'failed' }])
    const { sessions, listening } = (await fixture.call<Record<string, object>>('GET', '/status')).json
    expect(sessions).toMatchObject({ connected: expect.any(Number) })
    expect(listening).toMatchObject({ engine: 'moonshine-tiny-en', ready: false })
    expect((await fixture.call('DELETE', '/sessions/hot.key-1')).status).toBe(204)
    expect(await client.closed).toBe(1000)
    expect((await fixture.call('GET', '/sessions/hot.key-1')).status).toBe(404)
  })
})

it('sends clients away when the companion ends', async () => {
  const client = await fixture.connect('last')
  await client.until('session_started')
  await fixture.close()
  expect(await client.closed).toBe(1001)
})
