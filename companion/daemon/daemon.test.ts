import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { request, type IncomingHttpHeaders } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { ModelEntry } from '#protocol/models.ts'
import { RESERVED_PATHS } from '#protocol/routes.ts'
import { ModelStore } from '../core/models/store.ts'
import { ensureToken, tokenFile } from '../core/token.ts'
import { Guard } from './guard.ts'
import { startDaemon, type Daemon } from './server.ts'
import { MESSAGE_LIMIT } from './socket.ts'

const weights = randomBytes(5_000)
const entry: ModelEntry = {
  id: 'm',
  name: 'M',
  task: 'speech',
  languages: [],
  licence: 'MIT',
  licenceUrl: '',
  shared: [
    { path: 'onnx/w.bin', bytes: weights.length, sha256: createHash('sha256').update(weights).digest('hex') },
    { path: 'absent.bin', bytes: 1, sha256: '0'.repeat(64) },
  ],
  sharedSources: [],
  variants: [],
}
const csp = "default-src 'self'; frame-ancestors 'none'"

let folder: string
let daemon: Daemon
let token: string
let host: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'voxloom-daemon-'))
  const dist = join(folder, 'dist')
  mkdirSync(join(dist, 'assets'), { recursive: true })
  mkdirSync(join(folder, 'models', 'm', 'onnx'), { recursive: true })
  writeFileSync(join(folder, 'models', 'm', 'onnx', 'w.bin'), weights)
  writeFileSync(join(folder, 'secret.txt'), 'secret')
  writeFileSync(join(dist, 'index.html'), '<!doctype html><title>Voxloom</title>')
  writeFileSync(join(dist, 'service-worker.js'), '//')
  writeFileSync(join(dist, '.hidden'), 'hidden')
  writeFileSync(join(dist, 'assets', 'a-1234.js'), 'export {}')
  writeFileSync(
    join(dist, 'headers.json'),
    JSON.stringify({ 'Content-Security-Policy': csp, 'Cross-Origin-Embedder-Policy': 'require-corp' }),
  )
  // A file of the build that stands in the API's way must lose.
  writeFileSync(join(dist, 'status'), 'page')
  const store = new ModelStore({ folder: join(folder, 'models'), catalogue: [entry] })
  const stateFolder = join(folder, 'state')
  daemon = await startDaemon({ port: 0, store, stateFolder, dist, origins: ['http://localhost:5173'] })
  token = ensureToken(stateFolder)
  host = `localhost:${daemon.port}`
})
afterAll(async () => {
  await daemon.close()
  rmSync(folder, { recursive: true, force: true })
})

interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: Buffer
}

/** A request exactly as written: no client that tidies paths or sets headers. */
function ask(
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
  address = '127.0.0.1',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: address, port: daemon.port, path, method, headers: { host, ...headers } },
      async answer => {
        const pieces: Buffer[] = []
        for await (const piece of answer) pieces.push(piece as Buffer)
        resolve({ status: answer.statusCode!, headers: answer.headers, body: Buffer.concat(pieces) })
      },
    )
    sent.once('error', reject)
    sent.end()
  })
}
function raw(text: string): Promise<string> {
  return new Promise(resolve => {
    const socket = connect(daemon.port, '127.0.0.1')
    let answer = ''
    socket
      .on('data', data => (answer += data))
      .on('close', () => resolve(answer))
      .on('error', () => undefined)
    socket.write(text)
  })
}

const bearer = () => ({ authorization: `Bearer ${token}` })
const ownPage = { 'sec-fetch-site': 'same-origin' }
const cookieOf = (answer: Answer) => answer.headers['set-cookie']![0]!.split(';')[0]!

describe('Host and Origin', () => {
  it('answers on both loopback addresses under their names', async () => {
    for (const name of ['localhost', '127.0.0.1', '[::1]', 'LOCALHOST']) {
      expect((await ask('/status', { ...bearer(), host: `${name}:${daemon.port}` })).status).toBe(200)
    }
    expect((await ask('/status', bearer(), 'GET', '::1')).status).toBe(200)
  })

  it.each(['evil.example', 'localhost', 'localhost:1', 'localhost.evil.example', '127.0.0.1.nip.example', '0.0.0.0'])(
    'refuses a rebound name: %j, on the API, the page and the weights',
    async name => {
      for (const path of ['/status', '/studio/narrate', '/models/m/onnx/w.bin', '/assets/a-1234.js']) {
        const answer = await ask(path, { ...bearer(), host: name })
        expect(answer.status).toBe(403)
      }
    },
  )

  it('refuses a request without a Host', async () => {
    expect(await raw('GET /status HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 403/)
  })

  it.each(['http://evil.example', 'https://localhost', 'null', 'http://localhost', 'http://localhost:1'])(
    'refuses the origin %s even with the token',
    async origin => {
      for (const path of ['/status', '/models/m/onnx/w.bin', '/studio/narrate']) {
        expect((await ask(path, { ...bearer(), origin })).status).toBe(403)
      }
    },
  )

  it('lets its own origin and the configured one pass', async () => {
    for (const origin of [`http://${host}`, `http://127.0.0.1:${daemon.port}`, 'http://localhost:5173']) {
      expect((await ask('/status', { ...bearer(), origin })).status).toBe(200)
    }
  })

  it('answers preflight to allow-listed origins alone', async () => {
    const asks = { 'access-control-request-method': 'POST' }
    const good = await ask('/status', { ...asks, origin: 'http://localhost:5173' }, 'OPTIONS')
    expect([good.status, good.headers['access-control-allow-origin']]).toEqual([204, 'http://localhost:5173'])
    for (const headers of [{ ...asks, origin: 'http://evil.example' }, asks]) {
      const bad = await ask('/status', headers, 'OPTIONS')
      expect([bad.status, bad.headers['access-control-allow-origin']]).toEqual([403, undefined])
    }
  })
})

describe('the token', () => {
  it('lies in a file that only the user may read', () => {
    expect(statSync(tokenFile(join(folder, 'state'))).mode & 0o777).toBe(0o600)
    expect(token).toHaveLength(43)
  })

  it('is needed by whoever is not our page', async () => {
    for (const path of ['/status', '/models', '/models/m/onnx/w.bin']) {
      const answer = await ask(path)
      expect([answer.status, answer.headers['www-authenticate']]).toEqual([401, 'Bearer realm="voxloom"'])
      expect((await ask(path, bearer())).status).toBe(200)
      expect((await ask(path, { 'sec-fetch-site': 'cross-site' })).status).toBe(401)
      expect((await ask(path, { 'sec-fetch-site': 'same-site' })).status).toBe(401)
    }
  })

  it.each(['', 'x', 'B'.repeat(43), 'B'.repeat(10_000)])('must be the right one (%#)', async wrong => {
    expect((await ask('/status', { authorization: `Bearer ${wrong}` })).status).toBe(401)
  })

  it('is not needed by our own page, which is paired by a cookie that scripts can’t read', async () => {
    const page = await ask('/studio/narrate')
    expect(page.headers['set-cookie']![0]).toMatch(/; Path=\/; HttpOnly; SameSite=Strict;/)
    expect(cookieOf(page)).not.toContain(token)
    expect((await ask('/status', { cookie: cookieOf(page) })).status).toBe(200)
    expect((await ask('/status', { cookie: 'voxloom_session=x' })).status).toBe(401)
    const status = await ask('/status', ownPage)
    expect([status.status, cookieOf(status)]).toEqual([200, cookieOf(page)])
  })

  it('can’t be replaced by the cookie alone where something changes', async () => {
    const cookie = cookieOf(await ask('/studio/narrate'))
    expect((await ask('/ws/ticket', { cookie }, 'POST')).status).toBe(403)
    expect((await ask('/ws/ticket', { cookie, 'x-voxloom': '1', origin: 'http://evil.example' }, 'POST')).status).toBe(
      403,
    )
    expect((await ask('/ws/ticket', { cookie, 'x-voxloom': '1' }, 'POST')).status).toBe(200)
    expect((await ask('/ws/ticket', ownPage, 'POST')).status).toBe(401)
  })
})

describe('the page', () => {
  it('comes with the headers of the build', async () => {
    for (const path of [
      '/studio/narrate',
      '/studio',
      '/studio/models?x=1',
      '/assets/a-1234.js',
      '/service-worker.js',
    ]) {
      const { status, headers } = await ask(path)
      expect([status, headers['content-security-policy'], headers['cross-origin-embedder-policy']]).toEqual([
        200,
        csp,
        'require-corp',
      ])
      expect(headers['x-content-type-options']).toBe('nosniff')
    }
  })

  it('keeps hashed files for ever and asks about the others each time', async () => {
    expect((await ask('/assets/a-1234.js')).headers['cache-control']).toContain('immutable')
    const page = await ask('/studio/narrate')
    expect(page.headers['cache-control']).toBe('no-cache')
    expect((await ask('/studio/narrate', { 'if-none-match': page.headers.etag! })).status).toBe(304)
  })

  it('leads from / to the first room', async () => {
    const { status, headers } = await ask('/')
    expect([status, headers.location]).toEqual([302, '/studio/narrate'])
  })

  it.each(RESERVED_PATHS)('never answers /%s', async path => {
    for (const address of [`/${path}`, `/${path}/below`]) {
      const { body, headers } = await ask(address, bearer())
      expect(body.toString()).not.toMatch(/^page$|<title>/)
      expect(headers['content-type'] ?? 'application/json').toContain('application/json')
      expect((await ask(address)).status).toBe(401)
    }
  })

  it.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/assets/%2e%2e%2f%2e%2e%2fsecret.txt',
    '/..%5csecret.txt',
    '/assets/..\\..\\secret.txt',
    '/.hidden',
    '/headers.json',
    '/%00',
    '/nothing.js',
    '//evil.example/',
  ])('does not lead out of its folder: %s', async path => {
    const { status, body } = await ask(path)
    expect(status).toBeGreaterThanOrEqual(400)
    expect(body.toString()).not.toMatch(/^secret$|^hidden$|Policy/)
  })
})

describe('weights', () => {
  const url = '/models/m/onnx/w.bin'

  it('come whole, with their hash', async () => {
    const { status, headers, body } = await ask(url, ownPage)
    expect([status, headers.etag, headers['content-length']]).toEqual([200, `"${entry.shared[0]!.sha256}"`, '5000'])
    expect(body).toEqual(weights)
    expect((await ask(url, { ...ownPage, 'if-none-match': headers.etag! })).status).toBe(304)
    const head = await ask(url, ownPage, 'HEAD')
    expect([head.status, head.headers['content-length'], head.body.length]).toEqual([200, '5000', 0])
  })

  it.each([
    ['bytes=0-0', 0, 1],
    ['bytes=4999-', 4_999, 5_000],
    ['bytes=1000-1999', 1_000, 2_000],
    ['bytes=-10', 4_990, 5_000],
    ['bytes=10-99999', 10, 5_000],
  ])('come in part: %s', async (range, from, to) => {
    const { status, headers, body } = await ask(url, { ...ownPage, range })
    expect([status, headers['content-range']]).toEqual([206, `bytes ${from}-${to - 1}/5000`])
    expect(body).toEqual(weights.subarray(from, to))
  })

  it.each(['bytes=5000-', 'bytes=-0'])('say that %s is behind the end', async range => {
    const { status, headers } = await ask(url, { ...ownPage, range })
    expect([status, headers['content-range']]).toEqual([416, 'bytes */5000'])
  })

  it.each(['bytes=0-1,3-4', 'bytes=9-3', 'lines=1-2', 'bytes=-', 'bytes=a-b'])('come whole for %s', async range => {
    expect((await ask(url, { ...ownPage, range })).status).toBe(200)
  })

  it('come whole when they changed since the first part', async () => {
    const range = 'bytes=10-'
    expect((await ask(url, { ...ownPage, range, 'if-range': '"other"' })).status).toBe(200)
    expect((await ask(url, { ...ownPage, range, 'if-range': `"${entry.shared[0]!.sha256}"` })).status).toBe(206)
  })

  it('that are not here are named', async () => {
    const { status, body } = await ask('/models/m/absent.bin', ownPage)
    expect([status, JSON.parse(body.toString()).message]).toEqual([
      404,
      expect.stringContaining('voxloom models pull m'),
    ])
  })

  it.each([
    '/models/m/../../secret.txt',
    '/models/m/%2e%2e/%2e%2e/secret.txt',
    '/models/m/..%2f..%2fsecret.txt',
    '/models/m/onnx/..%5c..%5csecret.txt',
    '/models/%2e%2e/secret.txt',
    '/models/..%2f/secret.txt',
    '/models/m/%252e%252e%252fsecret.txt',
    '/models/m/onnx/w.bin%00',
    '/models/m/.checked.json',
    '/models/m//onnx/w.bin',
    '/models/m/%ff',
    `/models/m/${'a'.repeat(5_000)}`,
  ])('stay in their folder: %s', async path => {
    const { status, body } = await ask(path, bearer())
    expect([400, 404, 414]).toContain(status)
    expect(body.toString()).not.toContain('secret"')
  })

  it('refuses an address longer than any header may be', async () => {
    const answer = await raw(`GET /${'a'.repeat(100_000)} HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.1 431/)
  })
})

describe('the socket', () => {
  interface Outcome {
    socket?: WebSocket
    status?: number
  }
  function open(path: string, headers: Record<string, string> = {}): Promise<Outcome> {
    return new Promise(resolve => {
      const socket = new WebSocket(`ws://${host}${path}`, { headers: { host, ...headers } })
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

  it('is refused before the upgrade without token, with a wrong one, of a foreign page or name', async () => {
    const cookie = cookieOf(await ask('/studio/narrate'))
    const origin = `http://${host}`
    expect(await open('/ws')).toEqual({ status: 401 })
    expect(await open('/ws', { authorization: 'Bearer x' })).toEqual({ status: 401 })
    expect(await open('/ws', { origin })).toEqual({ status: 401 })
    expect(await open('/ws', { cookie })).toEqual({ status: 401 })
    expect(await open('/ws', ownPage)).toEqual({ status: 401 })
    expect(await open('/ws', { ...bearer(), origin: 'http://evil.example' })).toEqual({ status: 403 })
    expect(await open('/ws', { cookie, origin: 'http://evil.example' })).toEqual({ status: 403 })
    expect(await open('/ws', { ...bearer(), host: 'evil.example' })).toEqual({ status: 403 })
    expect(await open('/ws?ticket=x', bearer())).toEqual({ status: 401 })
    expect(await open('/other', bearer())).toEqual({ status: 404 })
  })

  it('answers a program with the token, and our page with its cookie', async () => {
    const cookie = cookieOf(await ask('/studio/narrate'))
    for (const headers of [bearer(), { cookie, origin: `http://${host}` }]) {
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
    const { ticket } = JSON.parse((await ask('/ws/ticket', bearer(), 'POST')).body.toString()) as { ticket: string }
    const { socket } = await open(`/ws?ticket=${ticket}`)
    socket!.terminate()
    expect(await open(`/ws?ticket=${ticket}`)).toEqual({ status: 401 })
  })

  it.each([
    ['no JSON', '{', 1003],
    ['no message of ours', '{"hello":1}', 1003],
    ['one byte too many', `"${'x'.repeat(MESSAGE_LIMIT - 1)}"`, 1009],
  ])('closes on %s', async (_, text, code) => {
    const { socket } = await open('/ws', bearer())
    const closed = new Promise(resolve => socket!.once('close', resolve))
    socket!.send(text)
    expect(await closed).toBe(code)
  })

  it('takes a message of just the limit', async () => {
    const { socket } = await open('/ws', bearer())
    const shell = { rpc: 'call', id: 1, name: 'ping', input: '' }
    const input = 'x'.repeat(MESSAGE_LIMIT - JSON.stringify(shell).length)
    expect(await call(socket!, { ...shell, input })).toMatchObject({ rpc: 'done' })
    socket!.terminate()
  })
})

describe('tickets', () => {
  it('die after 30 s', () => {
    let now = 0
    const guard = new Guard('t', [], () => now)
    guard.port = 1
    const knock = (ticket: string) => ({ method: 'GET', url: `/ws?ticket=${ticket}`, headers: { host: 'localhost:1' } })
    const [young, old] = [guard.issueTicket(), guard.issueTicket()]
    now = 29_999
    expect(guard.socket(knock(young)).status).toBe(200)
    now = 30_000
    expect(guard.socket(knock(old)).status).toBe(401)
  })
})

describe('start and stop', () => {
  it('says that the port is taken', async () => {
    const store = new ModelStore({ folder: join(folder, 'models') })
    await expect(startDaemon({ port: daemon.port, store, stateFolder: join(folder, 'state') })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(String(daemon.port)),
    })
  })

  it('lets go of the port, though somebody is connected', async () => {
    const store = new ModelStore({ folder: join(folder, 'models') })
    const stateFolder = join(folder, 'state')
    const one = await startDaemon({ port: 0, store, stateFolder })
    const idle = connect(one.port, '127.0.0.1').on('error', () => undefined)
    await new Promise(resolve => idle.once('connect', resolve))
    await one.close()
    idle.destroy()
    const next = await startDaemon({ port: one.port, store, stateFolder })
    await next.close()
  })

  it('locks up a token that others could read, and replaces one that is no token', () => {
    const state = join(folder, 'other-state')
    mkdirSync(state)
    writeFileSync(tokenFile(state), 'short', { mode: 0o644 })
    const made = ensureToken(state)
    expect(made).toHaveLength(43)
    expect(ensureToken(state)).toBe(made)
    expect(readFileSync(tokenFile(state), 'utf8')).toBe(made)
    expect(statSync(tokenFile(state)).mode & 0o777).toBe(0o600)
  })
})
