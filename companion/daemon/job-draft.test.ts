import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openJobFixture, type JobFixture } from './fixture-jobs.ts'
import { puppet } from './fixture-plugins.ts'
import { MAX_DRAFTS } from './pipeline-drafts.ts'

let fixture: JobFixture
beforeAll(async () => void (fixture = await openJobFixture()))
afterAll(() => fixture.close())

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
      const { status, json } = await fixture.post(body, 'application/octet-stream', at(name))
      expect(status).toBe(202)
      expect(await fixture.over(json.id)).toMatchObject({ state: 'done' })
      expect(await fixture.output(json.id)).toBe(`<${body.toUpperCase()}`)
    }
    expect((await fixture.call('GET', '/pipelines')).json).toEqual(before)
  })

  it(`is forgotten when ${MAX_DRAFTS} others have come, and not before`, async () => {
    const { name } = await draft(puppet({}, 'raw'))
    for (let count = 1; count < MAX_DRAFTS; count++) await draft({ toml: toml(String(count)) })
    expect((await fixture.post('x', 'application/octet-stream', at(name))).status).toBe(202)
    await draft({ toml: toml('one more') })
    const { status, json } = await fixture.post('x', 'application/octet-stream', at(name))
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
