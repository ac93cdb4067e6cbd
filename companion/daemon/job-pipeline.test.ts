import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openJobFixture, type JobFixture } from './fixture-jobs.ts'
import { puppet } from './fixture-plugins.ts'

let fixture: JobFixture
beforeAll(async () => void (fixture = await openJobFixture()))
afterAll(() => fixture.close())

describe('the pipeline of a job', () => {
  const pipelineOf = async (id: string) => fixture.call('GET', `/jobs/${id}/pipeline`)
  const started = async (json: unknown) => (await fixture.run(json)).json.id

  it('is told as it was given, whatever became of the saved one', async () => {
    const toml = '# mine\nname = "a"\n[[nodes]]\nid = "n"\nplugin = "puppet" # speaks\n'
    const said = { toml, pipeline: { name: 'a', version: '1', nodes: [{ id: 'n', plugin: 'puppet', options: {} }] } }
    await fixture.call('PUT', '/pipelines/mine', { json: { toml } })
    const jobs = [
      await started({ pipeline: { toml }, input: '' }),
      await started({ pipeline: { saved: 'mine' }, input: '' }),
    ]
    jobs.push((await fixture.post('x', 'text/plain', '/pipeline/run?pipeline=mine')).json.id)
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
    const before = fixture.folders()
    const { status, json } = await fixture.run({ pipeline: puppet({ say: 'x'.repeat(1 << 20) }), input: '' })
    expect([status, json]).toMatchObject([400, { message: expect.stringContaining('1048576') }])
    expect(fixture.folders()).toBe(before)
  })
})
