import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { openFixture, type Fixture } from '../../companion/daemon/fixture.ts'
import { createCompanionLink } from './link.ts'
import { PairingStore, readAddress } from './pairing-store.ts'

// The page's own client against a real daemon; the browser's part is played by a fetch that keeps to CORS.

const origin = 'https://studio.example'
let fixture: Fixture
let address: string
beforeAll(async () => {
  fixture = await openFixture()
  address = `http://${fixture.host}`
})
afterAll(() => fixture.close())
beforeEach(async () => void (await fixture.ask('/pair', fixture.bearer, 'DELETE')))

/** What a browser does for a page of `origin`: it sends the Origin, and hides an answer that is not for the page. */
const browser: typeof globalThis.fetch = async (input, init = {}) => {
  const headers = new Headers(init.headers)
  headers.set('origin', origin)
  const response = await fetch(input, { ...init, headers })
  if (response.headers.get('access-control-allow-origin') === origin) return response
  await response.body?.cancel()
  throw new TypeError('Failed to fetch')
}

const newCode = async () =>
  (JSON.parse((await fixture.ask('/pair/code', fixture.bearer, 'POST')).body.toString()) as { code: string }).code

const open = (fetch = browser) => createCompanionLink({ fetch, store: new PairingStore(), origin })
const reasonOf = (work: Promise<void>) =>
  work.then(
    () => 'paired',
    (error: { details?: { reason?: string } }) => error.details?.reason,
  )

describe('a page of another server', () => {
  it('is paired by the code, and tells so', async () => {
    const link = open()
    const heard = vi.fn()
    link.watch(heard)
    expect([link.base, link.address]).toEqual(['', undefined])
    await link.pair(` ${fixture.host}/ `, await newCode())
    expect([link.base, link.address, heard.mock.calls.length]).toEqual([address, address, 1])
    const status = await link.fetch(`${address}/status`)
    expect(await status.json()).toMatchObject({ name: 'voxloom' })
    const weights = await link.fetch(`${address}/models/m/onnx/w.bin`, { headers: { range: 'bytes=1-2' } })
    expect([weights.status, (await weights.arrayBuffer()).byteLength]).toEqual([206, 2])
  })

  it('hears in words that its pairing was revoked, where the browser tells it nothing', async () => {
    const link = open()
    await link.pair(address, await newCode())
    await fixture.ask('/pair', fixture.bearer, 'DELETE')
    const answer = await link.fetch(`${address}/status`)
    expect([answer.status, await answer.json()]).toEqual([403, expect.objectContaining({ code: 'refused' })])
  })

  it('is revoked at the companion when it disconnects', async () => {
    const link = open()
    await link.pair(address, await newCode())
    await link.unpair()
    expect(link.address).toBeUndefined()
    expect(JSON.parse((await fixture.ask('/pair', fixture.bearer)).body.toString())).toEqual([])
  })

  it('forgets a companion that is not there to hear of it', async () => {
    let isThere = true
    const link = open((input, init) =>
      isThere ? browser(input, init) : Promise.reject(new TypeError('Failed to fetch')),
    )
    await link.pair(address, await newCode())
    isThere = false
    await expect(link.fetch(`${address}/status`)).rejects.toThrow(TypeError)
    await link.unpair()
    expect(link.address).toBeUndefined()
  })

  it('shows its token to nobody else', async () => {
    const seen: (string | null)[] = []
    const link = open(async (input, init) => {
      seen.push(`${String(input)} ${new Headers(init?.headers).has('authorization')}`)
      return browser(input, init).catch(() => new Response())
    })
    await link.pair(address, await newCode())
    seen.length = 0
    for (const url of ['https://huggingface.co/x', `${address}.evil.example/status`, `${address}1/status`, '/status']) {
      await link.fetch(url).catch(() => undefined)
      expect(seen.pop()).toBe(`${url} false`)
    }
  })

  it('is told why it is not paired', async () => {
    const link = open()
    const code = await newCode()
    expect(await reasonOf(link.pair('https://localhost:4747', code))).toBe('address')
    expect(await reasonOf(link.pair('http://192.168.0.1:4747', code))).toBe('address')
    expect(await reasonOf(link.pair(address, '123'))).toBe('malformed')
    expect(await reasonOf(link.pair(address, '00000000'))).toBe('wrong')
    expect(await reasonOf(link.pair('localhost:1', code))).toBe('nobody')
    const stranger = open(async () => new Response('<!doctype html>'))
    expect(await reasonOf(stranger.pair(address, code))).toBe('stranger')
    expect(await reasonOf(link.pair(address, code))).toBe('paired')
    expect(await reasonOf(open().pair(address, code))).toBe('none')
  })
})

describe('an address', () => {
  it.each([
    ['http://localhost:4747', 'http://localhost:4747'],
    [' localhost:4747/ ', 'http://localhost:4747'],
    ['127.0.0.1:80', 'http://127.0.0.1'],
    ['http://localhost:4747/studio/narrate?x#y', 'http://localhost:4747'],
    ['http://LOCALHOST:4747', 'http://localhost:4747'],
    ['', undefined],
    ['4747', undefined],
    ['https://localhost:4747', undefined],
    ['http://localhost.evil.example', undefined],
    ['http://a@evil.example', undefined],
    ['javascript:alert(1)', undefined],
  ])('%j is %j', (text, expected) => expect(readAddress(text)).toBe(expected))
})
