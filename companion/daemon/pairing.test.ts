import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { request, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { cookieOf, type Answer } from './fixture.ts'
import { openPluginFixture, type PluginFixture } from './fixture-plugins.ts'

const origin = 'https://studio.example'
const other = 'https://other.example'
let fixture: PluginFixture
beforeAll(async () => {
  fixture = await openPluginFixture()
})
afterAll(() => fixture.close())
beforeEach(async () => void (await fixture.ask('/pair', fixture.bearer, 'DELETE')))

interface Told {
  readonly code: string
  readonly token: string
  readonly ticket: string
  readonly message: string
  readonly details: { readonly reason?: string }
}
const jsonOf = (answer: Answer) => JSON.parse(answer.body.toString()) as Told
const newCode = async () => jsonOf(await fixture.ask('/pair/code', fixture.bearer, 'POST')).code
const send = (code: unknown, headers: Record<string, string> = { origin }) =>
  fixture.send('POST', '/pair', {
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ code }),
  })
const paired = async (as = origin) => {
  const token = jsonOf(await send(await newCode(), { origin: as })).token
  return { origin: as, authorization: `Bearer ${token}` }
}
const preflight = (path: string, method: string, more: Record<string, string> = { origin }) =>
  fixture.ask(path, { 'access-control-request-method': method, ...more }, 'OPTIONS')
const allowed = ({ headers }: Answer) => headers['access-control-allow-origin']

describe('a code', () => {
  it('gives the page that sends it a token for its origin, once', async () => {
    const code = await newCode()
    const answer = await send(code)
    expect([answer.status, allowed(answer), answer.headers.vary]).toEqual([200, origin, 'Origin'])
    expect(jsonOf(answer)).toEqual({ token: expect.stringMatching(/^[\w-]{43}$/) })
    expect(readFileSync(join(fixture.folder, 'state', 'pairings.json'), 'utf8')).not.toContain(jsonOf(answer).token)
    const again = await send(code, { origin: other })
    expect([again.status, jsonOf(again).details]).toEqual([403, { reason: 'none' }])
  })

  it('is void after five wrong ones, and every answer can be read by the page', async () => {
    const code = await newCode()
    const reasons: unknown[] = []
    for (const given of ['0', '00000000', '00000000', '00000000', '00000000', '00000000', code]) {
      const answer = await send(given)
      expect(allowed(answer)).toBe(origin)
      reasons.push([answer.status, jsonOf(answer).details.reason])
    }
    const wrong = [403, 'wrong']
    expect(reasons).toEqual([[400, 'malformed'], wrong, wrong, wrong, wrong, [403, 'void'], [403, 'void']])
  })

  it.each(['http://evil.example', 'null', 'file://', `https://${'a'.repeat(300)}`])(
    'is not taken from %s',
    async from => {
      const code = await newCode()
      const answer = await send(code, { origin: from })
      expect([answer.status, allowed(answer)]).toEqual([403, undefined])
      expect((await send(code)).status).toBe(200)
    },
  )

  it('is not taken from programs, nor from our own page, which need none', async () => {
    const code = await newCode()
    for (const headers of [{}, fixture.bearer, { origin: `http://${fixture.host}` }] as Record<string, string>[]) {
      expect((await send(code, headers)).status).toBe(400)
    }
    expect((await send(code)).status).toBe(200)
  })

  it('comes as JSON alone, which no form can send, and in few bytes', async () => {
    const post = (type: string, body: string) =>
      fixture.send('POST', '/pair', { headers: { origin, 'content-type': type }, body })
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=a']) {
      expect((await post(type, `{"code":"${await newCode()}"}`)).status).toBe(415)
    }
    const shell = JSON.stringify({ code: '' }).length
    const sized = (bytes: number) =>
      post('application/json', `${JSON.stringify({ code: '' })}${' '.repeat(bytes - shell)}`)
    expect([(await sized(1024)).status, (await sized(1025)).status]).toEqual([400, 413])
  })

  it('is for programs to ask: no page makes one, lists, or ends all', async () => {
    const page = { cookie: cookieOf(await fixture.ask('/studio/narrate')), 'x-voxloom': '1' }
    for (const headers of [await paired(), page] as Record<string, string>[]) {
      for (const [method, path] of [
        ['POST', '/pair/code'],
        ['GET', '/pair'],
        ['HEAD', '/pair'],
        ['DELETE', '/pair'],
        ['GET', '/%70air'],
      ] as const) {
        expect((await fixture.ask(path, headers, method)).status).toBe(403)
      }
    }
    expect((await fixture.ask('/pair/code', {}, 'POST')).status).toBe(401)
  })

  it('is not made when as many pages are paired as may be, and none of them is lost', async () => {
    const codes: number[] = []
    for (let at = 0; at < 100; at++)
      codes.push((await send(await newCode(), { origin: `https://${at}.example` })).status)
    expect(new Set(codes)).toEqual(new Set([200]))
    const full = await fixture.ask('/pair/code', fixture.bearer, 'POST')
    expect([full.status, jsonOf(full).message]).toEqual([409, expect.stringContaining('voxloom pair revoke')])
    expect(jsonOf(await fixture.ask('/pair', fixture.bearer))).toHaveLength(100)
  })
})

describe('preflight', () => {
  it('of a page that is not paired is answered for POST /pair and nothing else', async () => {
    const good = await preflight('/pair', 'POST')
    expect([good.status, allowed(good), good.headers.vary]).toEqual([204, origin, 'Origin'])
    expect(good.headers['access-control-allow-headers']).toContain('content-type')
    for (const [path, method] of [
      ['/pair', 'GET'],
      ['/pair', 'DELETE'],
      ['/pair?x', 'POST'],
      ['/pair/code', 'POST'],
      ['/%70air', 'POST'],
      ['/status', 'POST'],
    ] as const) {
      const bad = await preflight(path, method)
      expect([bad.status, allowed(bad)]).toEqual([403, undefined])
    }
    expect((await preflight('/pair', 'POST', { origin: 'http://evil.example' })).status).toBe(403)
  })

  it('of a paired page is answered, with a word for Chrome’s private networks only where it asks', async () => {
    await paired()
    const answer = await preflight('/jobs', 'GET')
    expect([answer.status, allowed(answer)]).toEqual([204, origin])
    expect(answer.headers['access-control-allow-headers']).toMatch(/authorization.*range.*x-voxloom/)
    expect(answer.headers).not.toHaveProperty('access-control-allow-private-network')
    const asks = await preflight('/jobs', 'GET', { origin, 'access-control-request-private-network': 'true' })
    expect(asks.headers['access-control-allow-private-network']).toBe('true')
    expect((await preflight('/jobs', 'GET', { origin: other })).status).toBe(403)
  })
})

describe('a paired page', () => {
  it('reads what our own page reads, under its own origin', async () => {
    const page = await paired()
    for (const path of ['/status', '/models', '/models/m/onnx/w.bin']) {
      const answer = await fixture.ask(path, page)
      expect([answer.status, allowed(answer), answer.headers.vary]).toEqual([200, origin, 'Origin'])
      expect(answer.headers['access-control-expose-headers']).toContain('content-range')
      expect(answer.headers).not.toHaveProperty('access-control-allow-credentials')
      expect(answer.headers).not.toHaveProperty('set-cookie')
    }
  })

  it('is nobody without its token, with another’s, or with what is not for pages of other servers', async () => {
    const page = await paired()
    const stranger = await paired(other)
    const cookie = cookieOf(await fixture.ask('/studio/narrate'))
    for (const headers of [
      { origin },
      { origin, authorization: stranger.authorization },
      { origin, ...fixture.bearer },
      { origin, cookie, 'x-voxloom': '1' },
      { origin, 'sec-fetch-site': 'same-origin' },
      { authorization: page.authorization },
      { authorization: page.authorization, origin: `http://${fixture.host}` },
    ] as Record<string, string>[]) {
      for (const path of ['/status', '/models/m/onnx/w.bin'])
        expect((await fixture.ask(path, headers)).status).toBe(401)
    }
    for (const from of ['https://studio.example:444', 'http://studio.example', 'https://sub.studio.example']) {
      expect((await fixture.ask('/status', { ...page, origin: from })).status).toBe(403)
    }
    const told = await fixture.ask('/status', { origin })
    expect([allowed(told), jsonOf(told).message]).toEqual([origin, expect.stringContaining('voxloom pair')])
  })

  it('gets the files of our page no more than others do', async () => {
    await paired()
    const answer = await fixture.ask('/studio/narrate', { origin })
    expect([answer.status, answer.headers['set-cookie']]).toEqual([401, undefined])
  })

  it('ends its own pairing, and nobody else’s', async () => {
    const page = await paired()
    const stranger = await paired(other)
    const path = (of: string) => `/pair/${encodeURIComponent(of)}`
    expect((await fixture.ask(path(other), page, 'DELETE')).status).toBe(403)
    expect((await fixture.ask(path(origin), page, 'DELETE')).status).toBe(200)
    expect((await fixture.ask('/status', page)).status).toBe(403)
    expect((await fixture.ask('/status', stranger)).status).toBe(200)
  })

  it('loses what it is in the midst of reading when it is revoked', async () => {
    const page = await paired()
    const job = await fixture.start({ say: 'first', gate: 'never' })
    const path = `/jobs/${job.id}/stream`
    const sent = request({
      host: '127.0.0.1',
      port: fixture.port,
      path,
      headers: { host: fixture.host, ...page },
    }).end()
    const [answer] = (await once(sent, 'response')) as [IncomingMessage]
    expect(String((await once(answer, 'data'))[0])).toBe('first')
    const broken = new Promise(resolve => answer.once('error', resolve))
    await fixture.ask(`/pair/${encodeURIComponent(origin)}`, fixture.bearer, 'DELETE')
    expect(await broken).toMatchObject({ code: 'ECONNRESET' })
    await fixture.call('POST', `/jobs/${job.id}/cancel`)
  })

  it('that is paired in two browsers ends its pairing in one', async () => {
    const [here, there] = [await paired(), await paired()]
    expect((await fixture.ask(`/pair/${encodeURIComponent(origin)}`, here, 'DELETE')).status).toBe(200)
    expect([(await fixture.ask('/status', here)).status, (await fixture.ask('/status', there)).status]).toEqual([
      401, 200,
    ])
  })
})

describe('the socket of a paired page', () => {
  function open(query: string, headers: Record<string, string>): Promise<WebSocket | number> {
    return new Promise(resolve => {
      const socket = new WebSocket(`ws://${fixture.host}/ws${query}`, { headers: { host: fixture.host, ...headers } })
      socket.on('error', () => undefined)
      socket.once('open', () => resolve(socket))
      socket.once('unexpected-response', (_, answer) => {
        socket.terminate()
        resolve(answer.statusCode!)
      })
    })
  }
  const ticket = async (headers: Record<string, string>) =>
    `?ticket=${jsonOf(await fixture.ask('/ws/ticket', headers, 'POST')).ticket}`

  it('opens with a ticket of the same origin alone', async () => {
    const page = await paired()
    await paired(other)
    const cookie = cookieOf(await fixture.ask('/studio/narrate'))
    expect(await open(await ticket(page), { origin: other })).toBe(401)
    expect(await open(await ticket(page), { origin: 'https://evil.example' })).toBe(403)
    expect(await open(await ticket(page), {})).toBe(401)
    expect(await open(await ticket(fixture.bearer), { origin })).toBe(401)
    expect(await open('', { origin, cookie })).toBe(401)
    const socket = await open(await ticket(page), { origin })
    expect(socket).toBeInstanceOf(WebSocket)
    ;(socket as WebSocket).terminate()
  })

  it('is closed when the pairing is revoked, and no other is', async () => {
    const [page, stranger] = [await paired(), await paired(other)]
    const mine = (await open(await ticket(page), { origin })) as WebSocket
    const theirs = (await open(await ticket(stranger), { origin: other })) as WebSocket
    const late = await ticket(page)
    const closed = new Promise(resolve => mine.once('close', resolve))
    expect((await fixture.ask(`/pair/${encodeURIComponent(origin)}`, fixture.bearer, 'DELETE')).status).toBe(200)
    await closed
    expect(await open(late, { origin })).toBe(403)
    const pong = new Promise(resolve => theirs.once('message', data => resolve(String(data))))
    theirs.send(JSON.stringify({ rpc: 'call', id: 1, name: 'ping', input: null }))
    expect(await pong).toContain('pong')
    theirs.terminate()
  })
})
