import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { openPluginFixture, type PluginFixture } from './fixture-plugins.ts'

let fixture: PluginFixture
beforeAll(async () => void (fixture = await openPluginFixture()))
afterAll(() => fixture.close())

describe('the list', () => {
  it('shows the newest first, by state, and at most as many as asked for', async () => {
    const ids: string[] = []
    for (let count = 0; count < 3; count++) ids.unshift((await fixture.start({})).id)
    await Promise.all(ids.map(fixture.over))
    const list = async (query: string) =>
      (await fixture.call('GET', `/jobs${query}`)).json as { id: string; state: string }[]
    expect((await list('?limit=2')).map(({ id }) => id)).toEqual(ids.slice(0, 2))
    expect(await list('?limit=1')).toHaveLength(1)
    expect((await list('?limit=1000')).length).toBeGreaterThan(2)
    expect((await list('?state=done')).every(({ state }) => state === 'done')).toBe(true)
    expect(await list('?state=interrupted')).toEqual([])
  })

  it.each([
    'limit=0',
    'limit=1001',
    'limit=-1',
    'limit=1.5',
    'limit=x',
    'limit=',
    'limit=1&limit=2',
    'state=queued',
    'state=',
  ])('refuses %s', async query => {
    const { status, json } = await fixture.call('GET', `/jobs?${query}`)
    expect([status, json]).toMatchObject([400, { message: expect.stringContaining(query.split('=')[0]!) }])
  })
})

describe('cancelling and deleting', () => {
  it('stops what runs and what waits, and deletes only what is over', async () => {
    const running = await Promise.all(['c1', 'c2'].map(gate => fixture.start({ say: 'half', gate })))
    const waiting = await fixture.start({})
    const cancel = (id: string) => fixture.call('POST', `/jobs/${id}/cancel`)
    await vi.waitFor(async () => expect((await fixture.pluginHost.files.found(running[0]!.id))?.size).toBe(4), 10_000)
    const early = await fixture.call('DELETE', `/jobs/${running[0]!.id}`)
    expect([early.status, early.json]).toMatchObject([409, { message: expect.stringContaining('Cancel it first') }])
    expect((await cancel(waiting.id)).json).toMatchObject({ state: 'cancelled' })
    for (const { id } of running) expect((await cancel(id)).json).toMatchObject({ state: 'cancelled' })
    expect((await cancel(waiting.id)).json).toMatchObject({ state: 'cancelled' })
    const kept = await fixture.call('GET', `/jobs/${running[0]!.id}/stream`)
    expect([kept.status, kept.body.toString(), kept.headers['x-voxloom-partial']]).toEqual([200, 'half', 'true'])
    expect((await fixture.call('DELETE', `/jobs/${running[0]!.id}`)).status).toBe(204)
    expect((await fixture.call('GET', `/jobs/${running[0]!.id}/status`)).status).toBe(404)
    expect(readdirSync(join(fixture.folder, 'state', 'jobs'))).not.toContain(running[0]!.id)
  })

  it.each(['none', '..', '%00', '%2e%2e%2f%2e%2e', "' OR 1=1 --", 'x'.repeat(128)])('knows no job %j', async id => {
    const at = `/jobs/${encodeURI(id).replaceAll('%25', '%')}`
    for (const [method, path] of [
      ['GET', `${at}/status`],
      ['GET', `${at}/pipeline`],
      ['GET', `${at}/stream`],
      ['GET', `${at}/log`],
      ['POST', `${at}/cancel`],
      ['DELETE', at],
    ] as const) {
      const { status, json } = await fixture.call(method, path)
      expect([path, status, json]).toMatchObject([path, 404, { code: 'not-found' }])
    }
  })

  it('wants no body', async () => {
    const job = await fixture.start({})
    const headers = { 'content-type': 'text/plain' }
    expect((await fixture.call('POST', `/jobs/${job.id}/cancel`, { body: 'x', headers })).status).toBe(415)
    const long = { body: `"${'x'.repeat(1 << 20)}"`, headers: { 'content-type': 'application/json' } }
    expect((await fixture.call('POST', `/jobs/${job.id}/cancel`, long)).status).toBe(413)
  })
})

it('keeps what plugins say', async () => {
  const { id } = await fixture.start({})
  await fixture.over(id)
  const { status, headers, body } = await fixture.call('GET', `/jobs/${id}/log`)
  expect([status, headers['content-type']]).toEqual([200, expect.stringContaining('application/jsonl')])
  const lines = body
    .toString()
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as unknown)
  expect(lines).toContainEqual({ at: expect.any(String), node: 'one', text: 'all is said' })
})

it('counts jobs and requests, and never an address', async () => {
  await fixture.call('GET', '/jobs/very-private/status')
  const { body } = await fixture.call('GET', '/metrics')
  expect(body.toString()).toMatch(/^voxloom_jobs\{state="done"\} [1-9]/m)
  expect(body.toString()).toContain('voxloom_requests_total{method="GET",route="/jobs/:id/status",status="404"}')
  expect(body.toString()).not.toContain('very-private')
})

it('refuses headers that no program sends', async () => {
  const answer = await fixture.raw(
    `GET /jobs HTTP/1.1\r\nHost: ${fixture.host}\r\nIdempotency-Key: ${'k'.repeat(100_000)}\r\n\r\n`,
  )
  expect(answer).toMatch(/^HTTP\/1\.1 431/)
})
