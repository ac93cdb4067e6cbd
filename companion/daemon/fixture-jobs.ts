import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { JobInfo } from '#protocol/jobs.ts'
import type { Answer, Sent } from './fixture.ts'
import { openPluginFixture, puppet, type PluginFixture } from './fixture-plugins.ts'

interface Taken extends Answer {
  /** Where it was. */
  readonly json: JobInfo
}

export interface JobFixture extends PluginFixture {
  /** Sends a job as JSON. */
  run(json: unknown, headers?: Record<string, string>): Promise<Taken>
  /** Sends an input as the body, to the saved pipeline `puppet` if nothing else is said. @param type none when empty */
  post(body: NonNullable<Sent['body']>, type: string, path?: string): Promise<Taken>
  /** How many jobs there are on the disk. */
  folders(): number
  output(id: string): Promise<string>
}

/** The daemon of fixture-plugins.ts with a saved pipeline of each plugin that can be used, of its name. */
export async function openJobFixture(): Promise<JobFixture> {
  const fixture = await openPluginFixture()
  for (const name of ['puppet', 'raw']) {
    await fixture.call('PUT', `/pipelines/${name}`, { json: puppet({}, name) })
  }
  return {
    ...fixture,
    run: (json, headers = {}) => fixture.call('POST', '/pipeline/run', { json, headers }),
    post: (body, type, path = '/pipeline/run?pipeline=puppet') =>
      fixture.call('POST', path, { body, headers: type === '' ? {} : { 'content-type': type } }),
    folders: () => readdirSync(join(fixture.folder, 'state', 'jobs')).length,
    output: async id => (await fixture.call('GET', `/jobs/${id}/stream`)).body.toString(),
  }
}
