import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { JobInfo } from '#protocol/jobs.ts'
import { JobFiles } from '../core/jobs/files.ts'
import type { PluginHost } from '../core/plugins/host.ts'
import { followJob } from './job-stream.ts'
import { openPluginFixture, type PluginFixture } from './fixture-plugins.ts'

let fixture: PluginFixture
beforeAll(async () => {
  fixture = await openPluginFixture()
})
afterAll(() => fixture.close())

interface Listening {
  readonly answer: IncomingMessage
  /** What has come until now. */
  text(): string
  /** 'whole' when the answer ended as it should, 'broken' when the connection was cut. */
  readonly end: Promise<'whole' | 'broken'>
}

function listen(id: string): Promise<Listening> {
  return new Promise((resolve, reject) => {
    const headers = { host: fixture.host, ...fixture.bearer }
    const sent = request({ host: '127.0.0.1', port: fixture.port, path: `/jobs/${id}/stream`, headers })
    sent.once('error', reject).end()
    sent.once('response', answer => {
      let text = ''
      answer.on('data', (data: Buffer) => (text += data.toString()))
      const end = new Promise<'whole' | 'broken'>(done => {
        answer.once('error', () => undefined)
        answer.once('close', () => done(answer.complete ? 'whole' : 'broken'))
      })
      resolve({ answer, text: () => text, end })
    })
  })
}
const stream = (id: string, headers: Record<string, string> = {}, method = 'GET') =>
  fixture.call(method, `/jobs/${id}/stream`, { headers })

describe('while the job runs', () => {
  it('the first bytes come before the end of the input was read, and all in the end', async () => {
    const { id } = await fixture.start({ say: 'first ', gate: 'g1' }, 'rest')
    const [one, two] = await Promise.all([listen(id), listen(id)])
    await vi.waitFor(() => expect([one.text(), two.text()]).toEqual(['first ', 'first ']), 10_000)
    expect(fixture.pluginHost.jobs.get(id)).toMatchObject({ state: 'running' })
    expect(one.answer.headers['content-type']).toBe('text/plain; charset=utf-8')
    fixture.open('g1')
    expect([await one.end, await two.end]).toEqual(['whole', 'whole'])
    expect([one.text(), two.text()]).toEqual(['first REST', 'first REST'])
  })

  it('is broken off when the job is begun anew: two attempts are not one output', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'voxloom-anew-'))
    const files = new JobFiles(folder)
    const state = { state: 'running' } as JobInfo
    const host = { files, jobs: { get: () => state } } as unknown as PluginHost
    mkdirSync(join(folder, 'a'))
    writeFileSync(files.part('a'), 'OLD OLD')
    const output = followJob('a', host)
    expect(String((await output.next()).value)).toBe('OLD OLD')
    await files.discard('a')
    writeFileSync(files.part('a'), 'new new new new')
    await expect(output.next()).rejects.toMatchObject({ code: 'engine', retryable: true })
    rmSync(folder, { recursive: true })
  })

  it('nobody looks after a caller that has left', async () => {
    const { id } = await fixture.start({ say: 'first ', gate: 'left' }, 'rest')
    const { answer, text } = await listen(id)
    await vi.waitFor(() => expect(text()).toBe('first '), 10_000)
    const look = vi.spyOn(fixture.pluginHost.jobs, 'get')
    answer.destroy()
    await new Promise(resolve => setTimeout(resolve, 400))
    look.mockClear()
    await new Promise(resolve => setTimeout(resolve, 400))
    expect(look.mock.calls.filter(([asked]) => asked === id)).toEqual([])
    look.mockRestore()
    fixture.open('left')
  })

  it('a caller that comes while the job still waits gets all of it', async () => {
    const busy = await Promise.all([fixture.start({ gate: 'g2' }), fixture.start({ gate: 'g2' })])
    const { id } = await fixture.start({}, 'late')
    expect(fixture.pluginHost.jobs.get(id)).toMatchObject({ state: 'pending' })
    const heard = listen(id)
    fixture.open('g2')
    expect(await (await heard).end).toBe('whole')
    expect((await heard).text()).toBe('LATE')
    await Promise.all(busy.map(job => fixture.over(job.id)))
  })

  it('breaks off when the job fails, so that a half is not taken for a whole', async () => {
    const { id } = await fixture.start({ say: 'half', gate: 'g3', fail: 'It can’t go on.' })
    const heard = await listen(id)
    await vi.waitFor(() => expect(heard.text()).toBe('half'), 10_000)
    fixture.open('g3')
    expect([await heard.end, heard.text()]).toEqual(['broken', 'half'])
    await fixture.over(id)
    const later = await stream(id)
    expect([later.status, later.body.toString(), later.headers['x-voxloom-partial']]).toEqual([200, 'half', 'true'])
  })

  it('says why when there was nothing yet to break off', async () => {
    const failing = await fixture.start({ gate: 'g4', fail: 'It can’t begin.' })
    const heard = stream(failing.id)
    await vi.waitFor(() => expect(fixture.pluginHost.jobs.get(failing.id)!.state).toBe('running'))
    fixture.open('g4')
    const { status, json } = await heard
    expect([status, json]).toMatchObject([500, { code: 'engine', message: expect.stringContaining('It can’t begin.') }])
  })

  it('says why when the job ended before it began', async () => {
    const busy = await Promise.all([fixture.start({ gate: 'g5' }), fixture.start({ gate: 'g5' })])
    const { id } = await fixture.start({})
    const heard = stream(id)
    // It is heard once another request that came later is answered.
    await fixture.call('GET', '/jobs')
    await fixture.call('POST', `/jobs/${id}/cancel`)
    const { status, json } = await heard
    expect([status, json]).toMatchObject([409, { code: 'cancelled', message: expect.stringContaining('cancelled') }])
    expect(await stream(id)).toMatchObject({ status: 404, json: { code: 'not-found' } })
    fixture.open('g5')
    await Promise.all(busy.map(job => fixture.over(job.id)))
  })

  it('lets a listener go without harm to the job', async () => {
    const { id } = await fixture.start({ say: 'a', gate: 'g6' }, 'b')
    const heard = await listen(id)
    heard.answer.destroy()
    expect((await stream(id, {}, 'HEAD')).body.length).toBe(0)
    fixture.open('g6')
    expect(await fixture.over(id)).toMatchObject({ state: 'done', outputBytes: 2 })
  })
})

describe('when the job is done', () => {
  let id: string
  beforeAll(async () => {
    id = (await fixture.start({}, 'abcdefghij')).id
    await fixture.over(id)
  })

  it('comes whole, with a tag', async () => {
    const { status, headers, body } = await stream(id)
    expect([status, body.toString(), headers.etag, headers['accept-ranges'], headers['content-length']]).toEqual([
      200,
      'ABCDEFGHIJ',
      `"${id}"`,
      'bytes',
      '10',
    ])
    expect(headers['x-voxloom-partial']).toBeUndefined()
    const head = await stream(id, {}, 'HEAD')
    expect([head.status, head.headers['content-length'], head.body.length]).toEqual([200, '10', 0])
  })

  it.each([
    ['bytes=0-0', 'A', '0-0'],
    ['bytes=9-9', 'J', '9-9'],
    ['bytes=7-', 'HIJ', '7-9'],
    ['bytes=-2', 'IJ', '8-9'],
    ['bytes=8-99', 'IJ', '8-9'],
  ])('comes in part: %s', async (range, text, shown) => {
    const { status, headers, body } = await stream(id, { range })
    expect([status, body.toString(), headers['content-range']]).toEqual([206, text, `bytes ${shown}/10`])
  })

  it.each(['bytes=10-', 'bytes=-0'])('says that %s is behind the end', async range => {
    const { status, headers, json } = await stream(id, { range })
    expect([status, headers['content-range'], json]).toMatchObject([416, 'bytes */10', { code: 'bad-input' }])
  })

  it.each(['bytes=3-1', 'lines=0-1', 'bytes=0-1,3-4', 'x'])('comes whole for %s', async range => {
    expect((await stream(id, { range })).body.toString()).toBe('ABCDEFGHIJ')
  })

  it('is not sent again to whoever has it', async () => {
    for (const known of [`"${id}"`, `W/"${id}"`, `"x", "${id}"`, '*']) {
      const { status, body } = await stream(id, { 'if-none-match': known })
      expect([known, status, body.length]).toEqual([known, 304, 0])
    }
    expect((await stream(id, { 'if-none-match': '"x"' })).status).toBe(200)
    expect((await stream(id, { range: 'bytes=1-1', 'if-range': '"x"' })).status).toBe(200)
    expect((await stream(id, { range: 'bytes=1-1', 'if-range': `"${id}"` })).status).toBe(206)
  })

  it('has no part that is satisfiable when it is empty', async () => {
    const empty = (await fixture.start({}, '')).id
    await fixture.over(empty)
    expect((await stream(empty, { range: 'bytes=0-' })).status).toBe(416)
    expect((await stream(empty)).headers['content-length']).toBe('0')
  })
})
