import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { openJobFixture, type JobFixture } from './fixture-jobs.ts'
import { puppet } from './fixture-plugins.ts'

let fixture: JobFixture
beforeAll(async () => void (fixture = await openJobFixture()))
afterAll(() => fixture.close())

describe('a job', () => {
  it('is taken with 202, told of, done, and its output sent', async () => {
    const { status, headers, json } = await fixture.run({ pipeline: puppet(), input: 'héllo' })
    expect([status, json]).toMatchObject([202, { pipeline: 'test', inputType: 'text/plain', inputBytes: 6 }])
    const { id } = json
    expect(headers.location).toBe(`/jobs/${id}/status`)
    await fixture.over(id)
    expect((await fixture.call('GET', headers.location!)).json).toMatchObject({
      state: 'done',
      consumed: 6,
      outputBytes: 6,
      attempts: 1,
    })
    expect(await fixture.output(id)).toBe('HéLLO')
  })

  it('may come as text of a .cr file, by name, and without input', async () => {
    const toml = 'name = "a"\n[[nodes]]\nid = "n"\nplugin = "puppet"\noptions = { say = "first " }\n'
    for (const [pipeline, made] of [
      [{ toml }, 'first X'],
      [{ saved: 'puppet' }, 'X'],
    ] as const) {
      const { json } = await fixture.run({ pipeline, input: 'x' })
      expect((await fixture.over(json.id)).state).toBe('done')
      expect(await fixture.output(json.id)).toBe(made)
    }
    const { json } = await fixture.run({ pipeline: { saved: 'puppet' }, input: '' })
    expect(await fixture.over(json.id)).toMatchObject({ state: 'done', outputBytes: 0 })
    expect(await fixture.output(json.id)).toBe('')
  })

  it.each([
    ['text/plain', 'puppet'],
    ['text/plain; charset=utf-8', 'puppet'],
    ['application/octet-stream', 'raw'],
  ])('takes its input as a body of %s', async (type, name) => {
    const { status, json } = await fixture.post('some text', type, `/pipeline/run?pipeline=${name}`)
    expect([status, json]).toMatchObject([202, { inputBytes: 9 }])
    expect(await fixture.over(json.id)).toMatchObject({ state: 'done' })
    expect(await fixture.output(json.id)).toBe('SOME TEXT')
  })

  it('takes JSON as its input, said as such', async () => {
    const { json } = await fixture.run({ pipeline: { saved: 'raw' }, input: '{"a":1}', input_type: 'application/json' })
    expect(await fixture.over(json.id)).toMatchObject({
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
    const before = [fixture.folders(), fixture.starts()]
    const answer = await fixture.post('x', type, name === '' ? '/pipeline/run' : `/pipeline/run?pipeline=${name}`)
    expect([answer.status, answer.json]).toMatchObject([status, { message: expect.stringContaining(words) }])
    expect([fixture.folders(), fixture.starts()]).toEqual(before)
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
    const before = fixture.folders()
    const body = typeof json === 'string' ? json : JSON.stringify(json)
    const answer = await fixture.post(body, 'application/json', '/pipeline/run')
    expect([answer.status, answer.json]).toMatchObject([
      400,
      { code: 'bad-input', message: expect.stringContaining(words) },
    ])
    expect(fixture.folders()).toBe(before)
  })

  it('may have an input of just the limit, however it comes, and not a byte more', async () => {
    const before = fixture.folders()
    const most = await fixture.post('x'.repeat(1_000_000), 'text/plain')
    expect(most.status).toBe(202)
    expect(await fixture.over(most.json.id)).toMatchObject({ outputBytes: 1_000_000 })
    async function* endless() {
      for (let at = 0; at <= 100; at++) yield Buffer.alloc(10_000, 'x')
    }
    for (const answer of [
      await fixture.post('x'.repeat(1_000_001), 'text/plain'),
      await fixture.post(endless(), 'text/plain'),
      await fixture.run({ pipeline: puppet(), input: 'x'.repeat(1_000_001) }),
    ]) {
      expect([answer.status, answer.json]).toMatchObject([400, { message: expect.stringContaining('1,000,000 bytes') }])
    }
    expect(fixture.folders()).toBe(before + 1)
  })

  it('may come in 64 MiB of JSON, and not in a byte more', async () => {
    const shell = JSON.stringify({ pipeline: puppet(), input: '' })
    const send = (bytes: number) =>
      fixture.post(shell.replace('""', `"${'x'.repeat(bytes - shell.length)}"`), 'application/json', '/pipeline/run')
    expect((await send(64 << 20)).json).toMatchObject({ message: expect.stringContaining('1,000,000 bytes') })
    expect(await send((64 << 20) + 1)).toMatchObject({ status: 413, json: { code: 'bad-input' } })
  })

  it('whose sender goes away in the middle leaves nothing', async () => {
    const before = fixture.folders()
    async function* broken() {
      yield Buffer.from('begun')
      await vi.waitFor(() => expect(fixture.folders()).toBe(before + 1))
      throw new Error('gone')
    }
    await expect(fixture.post(broken(), 'text/plain')).rejects.toThrow()
    await vi.waitFor(() => expect(fixture.folders()).toBe(before), 5_000)
  })

  it('that fails its plugin’s check, or has none, says so', async () => {
    const unknown = await fixture.run({ pipeline: puppet({}, 'none'), input: 'x' })
    expect([unknown.status, unknown.json]).toMatchObject([
      404,
      { message: expect.stringContaining('no plugin “none”') },
    ])
    const broken = await fixture.run({ pipeline: puppet({}, 'broken'), input: 'x' })
    expect([broken.status, broken.json]).toMatchObject([400, { message: expect.stringContaining('can’t be used') }])
  })
})

describe('the idempotency key', () => {
  const keyed = (key: string, input = 'x') => fixture.run({ pipeline: puppet(), input }, { 'idempotency-key': key })

  it('gives one job for the same request, also when both come at once', async () => {
    const answers = await Promise.all([keyed('twice'), keyed('twice'), keyed('twice')])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 202])
    expect(new Set(answers.map(({ json }) => json.id)).size).toBe(1)
    const again = await keyed('twice')
    expect([again.status, again.json]).toMatchObject([200, { id: answers[0]!.json.id }])
  })

  it('is refused for other content', async () => {
    await keyed('used')
    const before = fixture.folders()
    const { status, json } = await keyed('used', 'y')
    expect([status, json]).toMatchObject([409, { code: 'conflict', message: expect.stringContaining('“used”') }])
    expect(fixture.folders()).toBe(before)
  })

  it('has 1 to 128 visible ASCII characters', async () => {
    expect((await keyed('k'.repeat(128))).status).toBe(202)
    for (const key of ['k'.repeat(129), 'a b', 'ä', '', '\t']) expect((await keyed(key)).status).toBe(400)
  })
})
