import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RESERVED_PATHS } from '#protocol/routes.ts'
import { csp, openFixture, ownPage, type Fixture } from './fixture.ts'

let fixture: Fixture
beforeAll(async () => {
  fixture = await openFixture()
})
afterAll(() => fixture.close())

describe('the page', () => {
  it('comes with the headers of the build', async () => {
    for (const path of [
      '/studio/narrate',
      '/studio',
      '/studio/models?x=1',
      '/assets/a-1234.js',
      '/service-worker.js',
    ]) {
      const { status, headers } = await fixture.ask(path)
      expect([status, headers['content-security-policy'], headers['cross-origin-embedder-policy']]).toEqual([
        200,
        csp,
        'require-corp',
      ])
      expect(headers['x-content-type-options']).toBe('nosniff')
    }
  })

  it('keeps hashed files for ever and asks about the others each time', async () => {
    expect((await fixture.ask('/assets/a-1234.js')).headers['cache-control']).toContain('immutable')
    const page = await fixture.ask('/studio/narrate')
    expect(page.headers['cache-control']).toBe('no-cache')
    expect((await fixture.ask('/studio/narrate', { 'if-none-match': page.headers.etag! })).status).toBe(304)
  })

  it('leads from / to the first room', async () => {
    const { status, headers } = await fixture.ask('/')
    expect([status, headers.location]).toEqual([302, '/studio/narrate'])
  })

  it.each(RESERVED_PATHS)('never answers /%s', async path => {
    for (const address of [`/${path}`, `/${path}/below`]) {
      const { body, headers } = await fixture.ask(address, fixture.bearer)
      expect(body.toString()).not.toMatch(/^page$|<title>/)
      expect(headers['content-type'] ?? 'application/json').toContain('application/json')
      expect((await fixture.ask(address)).status).toBe(401)
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
    const { status, body } = await fixture.ask(path)
    expect(status).toBeGreaterThanOrEqual(400)
    expect(body.toString()).not.toMatch(/^secret$|^hidden$|Policy/)
  })
})

describe('weights', () => {
  const url = '/models/m/onnx/w.bin'

  it('come whole, with their hash', async () => {
    const { status, headers, body } = await fixture.ask(url, ownPage)
    expect([status, headers.etag, headers['content-length']]).toEqual([200, `"${fixture.sha256}"`, '5000'])
    expect(body).toEqual(fixture.weights)
    expect((await fixture.ask(url, { ...ownPage, 'if-none-match': headers.etag! })).status).toBe(304)
    const head = await fixture.ask(url, ownPage, 'HEAD')
    expect([head.status, head.headers['content-length'], head.body.length]).toEqual([200, '5000', 0])
  })

  it.each([
    ['bytes=0-0', 0, 1],
    ['bytes=4999-', 4_999, 5_000],
    ['bytes=1000-1999', 1_000, 2_000],
    ['bytes=-10', 4_990, 5_000],
    ['bytes=10-99999', 10, 5_000],
  ])('come in part: %s', async (range, from, to) => {
    const { status, headers, body } = await fixture.ask(url, { ...ownPage, range })
    expect([status, headers['content-range']]).toEqual([206, `bytes ${from}-${to - 1}/5000`])
    expect(body).toEqual(fixture.weights.subarray(from, to))
  })

  it.each(['bytes=5000-', 'bytes=-0'])('say that %s is behind the end', async range => {
    const { status, headers } = await fixture.ask(url, { ...ownPage, range })
    expect([status, headers['content-range']]).toEqual([416, 'bytes */5000'])
  })

  it.each(['bytes=0-1,3-4', 'bytes=9-3', 'lines=1-2', 'bytes=-', 'bytes=a-b'])('come whole for %s', async range => {
    expect((await fixture.ask(url, { ...ownPage, range })).status).toBe(200)
  })

  it('come whole when they changed since the first part', async () => {
    const range = 'bytes=10-'
    expect((await fixture.ask(url, { ...ownPage, range, 'if-range': '"other"' })).status).toBe(200)
    expect((await fixture.ask(url, { ...ownPage, range, 'if-range': `"${fixture.sha256}"` })).status).toBe(206)
  })

  it('that are not here are named', async () => {
    const { status, body } = await fixture.ask('/models/m/absent.bin', ownPage)
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
    const { status, body } = await fixture.ask(path, fixture.bearer)
    expect([400, 404, 414]).toContain(status)
    expect(body.toString()).not.toContain('secret"')
  })

  it('refuses an address longer than any header may be', async () => {
    const answer = await fixture.raw(`GET /${'a'.repeat(100_000)} HTTP/1.1\r\nHost: ${fixture.host}\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.1 431/)
  })
})
