import { statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tokenFile } from '../core/token.ts'
import { cookieOf, openFixture, ownPage, type Fixture } from './fixture.ts'
import { Guard } from './guard.ts'

let fixture: Fixture
beforeAll(async () => {
  fixture = await openFixture()
})
afterAll(() => fixture.close())

describe('Host and Origin', () => {
  it('answers on both loopback addresses under their names', async () => {
    for (const name of ['localhost', '127.0.0.1', '[::1]', 'LOCALHOST']) {
      expect((await fixture.ask('/status', { ...fixture.bearer, host: `${name}:${fixture.port}` })).status).toBe(200)
    }
    expect((await fixture.ask('/status', fixture.bearer, 'GET', '::1')).status).toBe(200)
  })

  it.each(['evil.example', 'localhost', 'localhost:1', 'localhost.evil.example', '127.0.0.1.nip.example', '0.0.0.0'])(
    'refuses a rebound name: %j, on the API, the page and the weights',
    async name => {
      for (const path of ['/status', '/studio/narrate', '/models/m/onnx/w.bin', '/assets/a-1234.js']) {
        const answer = await fixture.ask(path, { ...fixture.bearer, host: name })
        expect(answer.status).toBe(403)
      }
    },
  )

  it('refuses a request without a Host', async () => {
    expect(await fixture.raw('GET /status HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 403/)
  })

  it.each(['http://evil.example', 'https://localhost', 'null', 'http://localhost', 'http://localhost:1'])(
    'refuses the origin %s even with the token',
    async origin => {
      for (const path of ['/status', '/models/m/onnx/w.bin', '/studio/narrate']) {
        expect((await fixture.ask(path, { ...fixture.bearer, origin })).status).toBe(403)
      }
    },
  )

  it('lets its own origin and the configured one pass', async () => {
    for (const origin of [`http://${fixture.host}`, `http://127.0.0.1:${fixture.port}`, 'http://localhost:5173']) {
      expect((await fixture.ask('/status', { ...fixture.bearer, origin })).status).toBe(200)
    }
  })

  it('answers preflight to origins that it knows alone', async () => {
    const asks = { 'access-control-request-method': 'POST' }
    const good = await fixture.ask('/status', { ...asks, origin: 'http://localhost:5173' }, 'OPTIONS')
    expect([good.status, good.headers['access-control-allow-origin']]).toEqual([204, 'http://localhost:5173'])
    for (const headers of [{ ...asks, origin: 'http://evil.example' }, asks]) {
      const bad = await fixture.ask('/status', headers, 'OPTIONS')
      expect([bad.status, bad.headers['access-control-allow-origin']]).toEqual([403, undefined])
    }
  })
})

describe('the token', () => {
  it('lies in a file that only the user may read', () => {
    expect(statSync(tokenFile(join(fixture.folder, 'state'))).mode & 0o777).toBe(0o600)
    expect(fixture.token).toHaveLength(43)
  })

  it('is needed by whoever is not our page', async () => {
    for (const path of ['/status', '/models', '/models/m/onnx/w.bin']) {
      const answer = await fixture.ask(path)
      expect([answer.status, answer.headers['www-authenticate']]).toEqual([401, 'Bearer realm="voxloom"'])
      expect((await fixture.ask(path, fixture.bearer)).status).toBe(200)
      expect((await fixture.ask(path, { 'sec-fetch-site': 'cross-site' })).status).toBe(401)
      expect((await fixture.ask(path, { 'sec-fetch-site': 'same-site' })).status).toBe(401)
    }
  })

  it.each(['', 'x', 'B'.repeat(43), 'B'.repeat(10_000)])('must be the right one (%#)', async wrong => {
    expect((await fixture.ask('/status', { authorization: `Bearer ${wrong}` })).status).toBe(401)
  })

  it('is not needed by our own page, which is paired by a cookie that scripts can’t read', async () => {
    const page = await fixture.ask('/studio/narrate')
    expect(page.headers['set-cookie']![0]).toMatch(/; Path=\/; HttpOnly; SameSite=Strict;/)
    expect(cookieOf(page)).not.toContain(fixture.token)
    expect((await fixture.ask('/status', { cookie: cookieOf(page) })).status).toBe(200)
    expect((await fixture.ask('/status', { cookie: 'voxloom_session=x' })).status).toBe(401)
    const status = await fixture.ask('/status', ownPage)
    expect([status.status, cookieOf(status)]).toEqual([200, cookieOf(page)])
  })

  it('can’t be replaced by the cookie alone where something changes', async () => {
    const cookie = cookieOf(await fixture.ask('/studio/narrate'))
    expect((await fixture.ask('/ws/ticket', { cookie }, 'POST')).status).toBe(403)
    expect(
      (await fixture.ask('/ws/ticket', { cookie, 'x-voxloom': '1', origin: 'http://evil.example' }, 'POST')).status,
    ).toBe(403)
    expect((await fixture.ask('/ws/ticket', { cookie, 'x-voxloom': '1' }, 'POST')).status).toBe(200)
    expect((await fixture.ask('/ws/ticket', ownPage, 'POST')).status).toBe(401)
  })
})

describe('tickets', () => {
  it('die after 30 s', () => {
    let now = 0
    const guard = new Guard('t', [], () => now)
    guard.port = 1
    const knock = (ticket: string) => ({ method: 'GET', url: `/ws?ticket=${ticket}`, headers: { host: 'localhost:1' } })
    const [young, old] = [guard.issueTicket({}), guard.issueTicket({})]
    now = 29_999
    expect(guard.socket(knock(young)).status).toBe(200)
    now = 30_000
    expect(guard.socket(knock(old)).status).toBe(401)
  })
})
