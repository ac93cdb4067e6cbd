import { EventEmitter } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { MOST_FRAME, MOST_UNSENT } from '../core/sessions/limits.ts'
import { cookieOf, ownPage } from './fixture.ts'
import { openSessionFixture, type SessionFixture } from './fixture-session.ts'
import { SocketLine } from './session-socket.ts'

let folder: string
let fixture: SessionFixture
beforeAll(async () => {
  // Without weights: who may connect, and what may be sent, is judged before anybody speaks.
  folder = mkdtempSync(join(tmpdir(), 'voxloom-no-weights-'))
  fixture = await openSessionFixture(folder)
})
afterAll(async () => {
  await fixture.close()
  rmSync(folder, { recursive: true, force: true })
})

function open(path: string, headers: Record<string, string> = fixture.bearer): Promise<WebSocket | number> {
  return new Promise(resolve => {
    const socket = new WebSocket(`ws://${fixture.host}${path}`, { headers: { host: fixture.host, ...headers } })
    socket.once('open', () => resolve(socket))
    socket.once('unexpected-response', (_, answer) => {
      socket.on('error', () => undefined)
      socket.terminate()
      resolve(answer.statusCode!)
    })
  })
}

describe('the socket', () => {
  it('is refused before the upgrade as the other one is, and for addresses that can’t be used', async () => {
    const cookie = cookieOf(await fixture.ask('/studio/narrate'))
    const origin = `http://${fixture.host}`
    const path = '/ws/session/x'
    expect(await open(path, {})).toBe(401)
    expect(await open(path, { authorization: 'Bearer x' })).toBe(401)
    expect(await open(path, { origin })).toBe(401)
    expect(await open(path, { cookie })).toBe(401)
    expect(await open(path, ownPage)).toBe(401)
    expect(await open(path, { ...fixture.bearer, origin: 'http://evil.example' })).toBe(403)
    expect(await open(path, { cookie, origin: 'http://evil.example' })).toBe(403)
    expect(await open(path, { ...fixture.bearer, host: 'evil.example' })).toBe(403)
    expect(await open(`${path}?ticket=x`)).toBe(401)
    expect((await fixture.call('GET', '/sessions/x')).status).toBe(404)
    for (const wrong of [
      '',
      '%2e%2e%2fx',
      'a/b',
      'x'.repeat(65),
      'x?input_rate=7999',
      'x?mode=loud',
      'x?output_rate=x',
    ]) {
      expect(await open(`/ws/session/${wrong}`), wrong).toBe(400)
    }
    expect(await open('/ws/sessions/x')).toBe(404)
    for (const headers of [fixture.bearer, { cookie, origin }]) {
      const socket = await open(path, headers)
      expect(socket).toBeInstanceOf(WebSocket)
      ;(socket as WebSocket).terminate()
    }
  })

  it('takes a ticket once', async () => {
    const { ticket } = (await fixture.call<{ ticket: string }>('POST', '/ws/ticket')).json
    const socket = await open(`/ws/session/ticket?ticket=${ticket}`, {})
    expect(socket).toBeInstanceOf(WebSocket)
    ;(socket as WebSocket).terminate()
    expect(await open(`/ws/session/ticket?ticket=${ticket}`, {})).toBe(401)
  })

  it('takes a binary message of just the limit, and closes on one sample more', async () => {
    const client = await fixture.connect('large?mode=push-to-talk')
    client.socket.send(new Uint8Array(MOST_FRAME))
    client.say('dance')
    await client.until('error')
    expect(client.of('error')).toMatchObject([{ code: 'bad-input', message: expect.stringContaining('“dance”') }])
    client.socket.send(new Uint8Array(MOST_FRAME + 4))
    expect(await client.closed).toBe(1009)
  })

  it('tells why a session can’t be had, and closes', async () => {
    const client = await fixture.connect('odd?persona=nobody')
    expect(await client.closed).toBe(1008)
    expect(client.told).toMatchObject([
      { type: 'error', code: 'not-found', message: expect.stringContaining('nobody') },
    ])
  })
})

describe('a line', () => {
  it('has room while no more is on its way than may be, and when nobody is there any longer', async () => {
    const sent: (() => void)[] = []
    const socket = Object.assign(new EventEmitter(), {
      OPEN: 1,
      readyState: 1,
      bufferedAmount: MOST_UNSENT,
      send: (_: unknown, done: () => void) => void sent.push(done),
    })
    const line = new SocketLine(socket as unknown as WebSocket)
    await line.room()
    socket.bufferedAmount += 1
    let has = false
    void line.room().then(() => (has = true))
    line.tell({ type: 'events_dropped', count: 1 })
    for (const done of sent.splice(0)) done()
    await Promise.resolve()
    expect(has).toBe(false)
    socket.bufferedAmount -= 1
    line.sound(new Float32Array(1))
    for (const done of sent.splice(0)) done()
    await Promise.resolve()
    expect(has).toBe(true)
    socket.bufferedAmount += 1
    const gone = line.room()
    socket.readyState = 3
    socket.emit('close')
    await gone
    line.tell({ type: 'events_dropped', count: 1 })
    expect(sent).toEqual([])
  })
})
