import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { cookieOf, openFixture, ownPage, type Fixture } from './fixture.ts'
import { MESSAGE_LIMIT } from './socket.ts'

let fixture: Fixture
beforeAll(async () => {
  fixture = await openFixture()
})
afterAll(() => fixture.close())

describe('the socket', () => {
  interface Outcome {
    socket?: WebSocket
    status?: number
  }
  function open(path: string, headers: Record<string, string> = {}): Promise<Outcome> {
    return new Promise(resolve => {
      const socket = new WebSocket(`ws://${fixture.host}${path}`, { headers: { host: fixture.host, ...headers } })
      socket.once('open', () => resolve({ socket }))
      socket.once('unexpected-response', (_, answer) => {
        socket.on('error', () => undefined)
        socket.terminate()
        resolve({ status: answer.statusCode! })
      })
    })
  }
  const call = (socket: WebSocket, message: unknown): Promise<unknown> =>
    new Promise(resolve => {
      socket.once('message', data => resolve(JSON.parse(String(data))))
      socket.send(JSON.stringify(message))
    })

  it('is refused before the upgrade without fixture.token, with a wrong one, of a foreign page or name', async () => {
    const cookie = cookieOf(await fixture.ask('/studio/narrate'))
    const origin = `http://${fixture.host}`
    expect(await open('/ws')).toEqual({ status: 401 })
    expect(await open('/ws', { authorization: 'Bearer x' })).toEqual({ status: 401 })
    expect(await open('/ws', { origin })).toEqual({ status: 401 })
    expect(await open('/ws', { cookie })).toEqual({ status: 401 })
    expect(await open('/ws', ownPage)).toEqual({ status: 401 })
    expect(await open('/ws', { ...fixture.bearer, origin: 'http://evil.example' })).toEqual({ status: 403 })
    expect(await open('/ws', { cookie, origin: 'http://evil.example' })).toEqual({ status: 403 })
    expect(await open('/ws', { ...fixture.bearer, host: 'evil.example' })).toEqual({ status: 403 })
    expect(await open('/ws?ticket=x', fixture.bearer)).toEqual({ status: 401 })
    expect(await open('/other', fixture.bearer)).toEqual({ status: 404 })
    // Nobody's request may end the companion, and these are no addresses.
    for (const path of ['//', '//[', '/\\', 'http://[', '*', '/ws//?ticket=%']) {
      const asked = `GET ${path} HTTP/1.1\r\nHost: ${fixture.host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`
      expect(await fixture.raw(asked)).toMatch(/^HTTP\/1\.1 4\d\d /)
    }
    expect((await fixture.ask('/status', fixture.bearer)).status).toBe(200)
  })

  it('answers a program with the fixture.token, and our page with its cookie', async () => {
    const cookie = cookieOf(await fixture.ask('/studio/narrate'))
    for (const headers of [fixture.bearer, { cookie, origin: `http://${fixture.host}` }]) {
      const { socket } = await open('/ws', headers)
      expect(await call(socket!, { rpc: 'call', id: 1, name: 'ping', input: null })).toEqual({
        rpc: 'done',
        id: 1,
        output: 'pong',
      })
      expect(await call(socket!, { rpc: 'call', id: 2, name: 'status', input: null })).toMatchObject({
        rpc: 'done',
        id: 2,
        output: { name: 'voxloom', models: [{ id: 'm', complete: false }] },
      })
      for (const name of ['constructor', 'none']) {
        expect(await call(socket!, { rpc: 'call', id: 3, name, input: null })).toMatchObject({
          rpc: 'fail',
          error: { code: 'unsupported' },
        })
      }
      socket!.terminate()
    }
  })

  it('takes a ticket once', async () => {
    const { ticket } = JSON.parse((await fixture.ask('/ws/ticket', fixture.bearer, 'POST')).body.toString()) as {
      ticket: string
    }
    const { socket } = await open(`/ws?ticket=${ticket}`)
    socket!.terminate()
    expect(await open(`/ws?ticket=${ticket}`)).toEqual({ status: 401 })
  })

  it.each([
    ['no JSON', '{', 1003],
    ['no message of ours', '{"hello":1}', 1003],
    ['one byte too many', `"${'x'.repeat(MESSAGE_LIMIT - 1)}"`, 1009],
  ])('closes on %s', async (_, text, code) => {
    const { socket } = await open('/ws', fixture.bearer)
    const closed = new Promise(resolve => socket!.once('close', resolve))
    socket!.send(text)
    expect(await closed).toBe(code)
  })

  it('takes a message of just the limit', async () => {
    const { socket } = await open('/ws', fixture.bearer)
    const shell = { rpc: 'call', id: 1, name: 'ping', input: '' }
    const input = 'x'.repeat(MESSAGE_LIMIT - JSON.stringify(shell).length)
    expect(await call(socket!, { ...shell, input })).toMatchObject({ rpc: 'done' })
    socket!.terminate()
  })
})
