import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { openPluginFixture, puppet, type PluginFixture } from './fixture-plugins.ts'
import { MAX_DRAFTS } from './pipeline-drafts.ts'

let fixture: PluginFixture
beforeAll(async () => {
  fixture = await openPluginFixture()
  for (const name of ['puppet', 'raw']) {
    await fixture.call('PUT', `/pipelines/${name}`, { json: puppet({}, name) })
  }
})
afterAll(() => fixture.close())

const run = (json: unknown, headers: Record<string, string> = {}) =>
  fixture.call('POST', '/pipeline/run', { json, headers })
const post = (body: string | AsyncIterable<Uint8Array>, type: string, path = '/pipeline/run?pipeline=puppet') =>
  fixture.call('POST', path, { body, headers: type === '' ? {} : { 'content-type': type } })
const folders = () => readdirSync(join(fixture.folder, 'state', 'jobs')).length
const output = async (id: string) => (await fixture.call('GET', `/jobs/${id}/stream`)).body.toString()

describe('a job', () => {
  it('is taken with 202, told of, done, and its output sent', async () => {
    const { status, headers, json } = await run({ pipeline: puppet(), input: 'héllo' })
    expect([status, json]).toMatchObject([202, { pipeline: 'test', inputType: 'text/plain', inputBytes: 6 }])
    const { id } = json as { id: string }
    expect(headers.location).toBe(`/jobs/${id}/status`)
    await fixture.over(id)
    expect((await fixture.call('GET', headers.location!)).json).toMatchObject({
      state: 'done',
      consumed: 6,
      outputBytes: 6,
      attempts: 1,
    })
    expect(await output(id)).toBe('HéLLO')
  })

  it('may come as text of a .cr file, by name, and without input', async () => {
    const toml = 'name = "a"\n[[nodes]]\nid = "n"\nplugin = "puppet"\noptions = { say = "first " }\n'
    for (const [pipeline, made] of [
      [{ toml }, 'first X'],
      [{ saved: 'puppet' }, 'X'],
    ] as const) {
      const { json } = await run({ pipeline, input: 'x' })
      expect((await fixture.over((json as { id: string }).id)).state).toBe('done')
      expect(await output((json as { id: string }).id)).toBe(made)
    }
    const { json } = await run({ pipeline: { saved: 'puppet' }, input: '' })
    expect(await fixture.over((json as { id: string }).id)).toMatchObject({ state: 'done', outputBytes: 0 })
    expect(await output((json as { id: string }).id)).toBe('')
  })

  it.each([
    ['text/plain', 'puppet'],
    ['text/plain; charset=utf-8', 'puppet'],
    ['application/octet-stream', 'raw'],
  ])('takes its input as a body of %s', async (type, name) => {
    const { status, json } = await post('some text', type, `/pipeline/run?pipeline=${name}`)
    expect([status, json]).toMatchObject([202, { inputBytes: 9 }])
    expect(await fixture.over((json as { id: string }).id)).toMatchObject({ state: 'done' })
    expect(await output((json as { id: string }).id)).toBe('SOME TEXT')
  })

  it('takes JSON as its input, said as such', async () => {
    const { json } = await run({ pipeline: { saved: 'raw' }, input: '{"a":1}', input_type: 'application/json' })
    expect(await fixture.over((json as { id: string }).id)).toMatchObject({
      state: 'done',
      inputType: 'application/json',
    })
  })

  it.each([
    ['a type that the pipeline does not read', 'audio/wav', 'puppet', 400, 'reads text/plain'],
    ['no type', '', 'puppet', 400, 'not a media type'],
    ['no name of a pipeline', 'text/plain', '', 400, '?pipeline=NAME'],
    ['a draft that nobody sent', 'text/plain', 'puppet&draft=none', 400, 'either'],
    ['a name that is a path', 'text/plain', '..%2fx', 400, 'can’t name a pipeline'],
    ['a pipeline that is not there', 'text/plain', 'none', 404, 'no pipeline'],
    ['a name of 65 characters', 'text/plain', 'a'.repeat(65), 400, 'pipeline'],
  ])('is refused with %s', async (_, type, name, status, words) => {
    const before = [folders(), fixture.starts()]
    const answer = await post('x', type, name === '' ? '/pipeline/run' : `/pipeline/run?pipeline=${name}`)
    expect([answer.status, answer.json]).toMatchObject([status, { message: expect.stringContaining(words) }])
    expect([folders(), fixture.starts()]).toEqual(before)
  })

  it.each([
    ['no JSON', '{', 'JSON'],
    ['no input', { pipeline: puppet() }, 'input'],
    ['a key that nobody knows', { pipeline: puppet(), input: '', command: 'sh' }, 'command'],
    ['an option out of range', { pipeline: puppet({ pause: 9 }), input: '' }, 'pause'],
    ['a type that is none', { pipeline: puppet(), input: '', input_type: 'text' }, 'a media type is written like'],
    ['no body', '', ''],
    ['a list', '[]', 'The body is not a job'],
    ['deep JSON', `{"pipeline":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)},"input":""}`, 'pipeline'],
  ])('is refused with %s', async (_, json, words) => {
    const before = folders()
    const body = typeof json === 'string' ? json : JSON.stringify(json)
    const answer = await post(body, 'application/json', '/pipeline/run')
    expect([answer.status, answer.json]).toMatchObject([
      400,
      { code: 'bad-input', message: expect.stringContaining(words) },
    ])
    expect(folders()).toBe(before)
  })

  it('may have an input of just the limit, however it comes, and not a byte more', async () => {
    const before = folders()
    const most = await post('x'.repeat(1_000_000), 'text/plain')
    expect(most.status).toBe(202)
    expect(await fixture.over((most.json as { id: string }).id)).toMatchObject({ outputBytes: 1_000_000 })
    async function* endless() {
      for (let at = 0; at <= 100; at++) yield Buffer.alloc(10_000, 'x')
    }
    for (const answer of [
      await post('x'.repeat(1_000_001), 'text/plain'),
      await post(endless(), 'text/plain'),
      await run({ pipeline: puppet(), input: 'x'.repeat(1_000_001) }),
    ]) {
      expect([answer.status, answer.json]).toMatchObject([400, { message: expect.stringContaining('1,000,000 bytes') }])
    }
    expect(folders()).toBe(before + 1)
  })

  it('may come in 64 MiB of JSON, and not in a byte more', async () => {
    const shell = JSON.stringify({ pipeline: puppet(), input: '' })
    const send = (bytes: number) =>
      post(shell.replace('""', `"${'x'.repeat(bytes - shell.length)}"`), 'application/json', '/pipeline/run')
    expect((await send(64 << 20)).json).toMatchObject({ message: expect.stringContaining('1,000,000 bytes') })
    expect(await send((64 << 20) + 1)).toMatchObject({ status: 413, json: { code: 'bad-input' } })
  })

  it('whose sender goes away in the middle leaves nothing', async () => {
    const before = folders()
    async function* broken() {
      yield Buffer.from('begun')
      await vi.waitFor(() => expect(folders()).toBe(before + 1))
      throw new Error('gone')
    }
    await expect(post(broken(), 'text/plain')).rejects.toThrow()
    await vi.waitFor(() => expect(folders()).toBe(before), 5_000)
  })

  it('that fails its plugin’s check, or has none, says so', async () => {
    const unknown = await run({ pipeline: puppet({}, 'none'), input: 'x' })
    expect([unknown.status, unknown.json]).toMatchObject([
      404,
      { message: expect.stringContaining('no plugin “none”') },
    ])
    const broken = await run({ pipeline: puppet({}, 'broken'), input: 'x' })
    expect([broken.status, broken.json]).toMatchObject([400, { message: expect.stringContaining('can’t be used') }])
  })
})

describe('a draft', () => {
  const draft = async (json: unknown) => {
    const { status, json: answer } = await fixture.call('POST', '/pipeline/draft', { json })
    return { status, name: (answer as { draft?: string }).draft, message: (answer as { message?: string }).message }
  }
  const at = (name?: string) => `/pipeline/run?draft=${name}`
  const toml = (say: string) =>
    `# mine\nname = "a"\n[[nodes]]\nid = "n"\nplugin = "raw"\n[nodes.options]\nsay = "${say}"\n`

  it('takes an input of any type without having been saved, more than once', async () => {
    const { status, name } = await draft({ toml: toml('<') })
    expect([status, (await draft({ toml: toml('<') })).name]).toEqual([200, name])
    const before = (await fixture.call('GET', '/pipelines')).json
    for (const body of ['one', 'two']) {
      const { status, json } = await post(body, 'application/octet-stream', at(name))
      expect(status).toBe(202)
      expect(await fixture.over((json as { id: string }).id)).toMatchObject({ state: 'done' })
      expect(await output((json as { id: string }).id)).toBe(`<${body.toUpperCase()}`)
    }
    expect((await fixture.call('GET', '/pipelines')).json).toEqual(before)
  })

  it(`is forgotten when ${MAX_DRAFTS} others have come, and not before`, async () => {
    const { name } = await draft(puppet({}, 'raw'))
    for (let count = 1; count < MAX_DRAFTS; count++) await draft({ toml: toml(String(count)) })
    expect((await post('x', 'application/octet-stream', at(name))).status).toBe(202)
    await draft({ toml: toml('one more') })
    const { status, json } = await post('x', 'application/octet-stream', at(name))
    expect([status, json]).toMatchObject([404, { message: expect.stringContaining('/pipeline/draft again') }])
  })

  it('has 1 MiB at most, and is a pipeline', async () => {
    const shell = JSON.stringify(puppet({ say: '' }))
    const send = async (bytes: number) =>
      fixture.call('POST', '/pipeline/draft', {
        body: shell.replace('""', `"${'x'.repeat(bytes - shell.length)}"`),
        headers: { 'content-type': 'application/json' },
      })
    expect((await send(1 << 20)).status).toBe(200)
    expect(await send((1 << 20) + 1)).toMatchObject({ status: 413, json: { code: 'bad-input' } })
    expect(await draft({ name: 'x', nodes: [] })).toMatchObject({ status: 400 })
    expect(await draft({ saved: 'none' })).toMatchObject({ status: 404 })
  })
})

describe('the pipeline of a job', () => {
  const pipelineOf = async (id: string) => fixture.call('GET', `/jobs/${id}/pipeline`)
  const started = async (json: unknown) => ((await run(json)).json as { id: string }).id

  it('is told as it was given, whatever became of the saved one', async () => {
    const toml = '# mine\nname = "a"\n[[nodes]]\nid = "n"\nplugin = "puppet" # speaks\n'
    const said = { toml, pipeline: { name: 'a', version: '1', nodes: [{ id: 'n', plugin: 'puppet', options: {} }] } }
    await fixture.call('PUT', '/pipelines/mine', { json: { toml } })
    const jobs = [
      await started({ pipeline: { toml }, input: '' }),
      await started({ pipeline: { saved: 'mine' }, input: '' }),
    ]
    jobs.push(((await post('x', 'text/plain', '/pipeline/run?pipeline=mine')).json as { id: string }).id)
    await fixture.call('DELETE', '/pipelines/mine')
    for (const id of jobs) expect(await pipelineOf(id)).toMatchObject({ status: 200, json: said })
    const { json } = await pipelineOf(await started({ pipeline: puppet({ say: 'x' }), input: '' }))
    expect(json).toMatchObject({ toml: expect.stringContaining('say = "x"'), pipeline: puppet({ say: 'x' }) })
  })

  it('goes with the job, and is told to be missing when it was not kept', async () => {
    const { id } = await fixture.start({})
    await fixture.over(id)
    rmSync(join(fixture.folder, 'state', 'jobs', id, 'pipeline.cr'))
    const { status, json } = await pipelineOf(id)
    expect([status, json]).toMatchObject([404, { message: expect.stringContaining('was not kept') }])
    expect((await fixture.call('DELETE', `/jobs/${id}`)).status).toBe(204)
    expect((await pipelineOf(id)).json).toMatchObject({ message: expect.stringContaining('no job') })
  })

  it('is refused where it is too large for a file', async () => {
    const before = folders()
    const { status, json } = await run({ pipeline: puppet({ say: 'x'.repeat(1 << 20) }), input: '' })
    expect([status, json]).toMatchObject([400, { message: expect.stringContaining('1048576') }])
    expect(folders()).toBe(before)
  })
})

describe('the idempotency key', () => {
  const keyed = (key: string, input = 'x') => run({ pipeline: puppet(), input }, { 'idempotency-key': key })

  it('gives one job for the same request, also when both come at once', async () => {
    const answers = await Promise.all([keyed('twice'), keyed('twice'), keyed('twice')])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 202])
    expect(new Set(answers.map(({ json }) => (json as { id: string }).id)).size).toBe(1)
    const again = await keyed('twice')
    expect([again.status, again.json]).toMatchObject([200, { id: (answers[0]!.json as { id: string }).id }])
  })

  it('is refused for other content', async () => {
    await keyed('used')
    const before = folders()
    const { status, json } = await keyed('used', 'y')
    expect([status, json]).toMatchObject([409, { code: 'conflict', message: expect.stringContaining('“used”') }])
    expect(folders()).toBe(before)
  })

  it('has 1 to 128 visible ASCII characters', async () => {
    expect((await keyed('k'.repeat(128))).status).toBe(202)
    for (const key of ['k'.repeat(129), 'a b', 'ä', '', '\t']) expect((await keyed(key)).status).toBe(400)
  })
})

describe('the list', () => {
  it('shows the newest first, by state, and at most as many as asked for', async () => {
    const first = await fixture.start({})
    const second = await fixture.start({})
    await Promise.all([fixture.over(first.id), fixture.over(second.id)])
    const list = async (query: string) =>
      (await fixture.call('GET', `/jobs${query}`)).json as { id: string; state: string }[]
    expect((await list('?limit=2')).map(({ id }) => id)).toEqual([second.id, first.id])
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
