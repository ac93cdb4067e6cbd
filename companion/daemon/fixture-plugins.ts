import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, vi } from 'vitest'
import { isOver, type JobInfo } from '#protocol/jobs.ts'
import type { ContractHost } from '../core/contracts/host.ts'
import { openListeners } from '../core/listening/open.ts'
import { PluginHost } from '../core/plugins/host.ts'
import { openSpeakers } from '../core/speakers/open.ts'
import { puppet, writePuppet } from '../core/testing/puppet.ts'
import { openFixture, type Answer, type Fixture, type Sent } from './fixture.ts'

export { puppet }

const NOWHERE = join(tmpdir(), 'voxloom-no-weights')

export interface PluginFixture extends Fixture {
  readonly pluginHost: PluginHost
  /** With the token. An object as `json` is sent as such. */
  call(method: string, path: string, sent?: Sent & { readonly json?: unknown }): Promise<Answer & { json: never }>
  /** Starts a job of the puppet. */
  start(options: Readonly<Record<string, unknown>>, input?: string): Promise<JobInfo>
  /** Waits for a job's end. */
  over(id: string): Promise<JobInfo>
  /** Opens the gate of this name. */
  open(gate: string): void
  /** How often puppets were started. */
  starts(): number
}

export interface PluginFixtureOptions {
  readonly maxInput?: number
  readonly concurrency?: number
  readonly contracts?: (folder: string) => ContractHost
}

/** The daemon of fixture.ts with real plugins: `puppet` (text), `raw` (bytes), and `broken`, which can't be used. */
export async function openPluginFixture({
  maxInput = 1_000_000,
  concurrency = 2,
  contracts,
}: PluginFixtureOptions = {}): Promise<PluginFixture> {
  let host!: PluginHost
  const fixture = await openFixture({
    // On a folder without weights: who may ask is judged before anybody speaks or listens.
    speakers: openSpeakers(NOWHERE),
    listeners: openListeners(NOWHERE),
    ...(contracts && { contracts }),
    host(folder) {
      const plugins = join(folder, 'plugins')
      writePuppet(plugins)
      writePuppet(plugins, 'raw', '["application/octet-stream", "application/json"]')
      mkdirSync(join(plugins, 'broken'))
      writeFileSync(join(plugins, 'broken', 'plugin.toml'), 'name = "broken"\nversion = ')
      const at = (name: string) => join(folder, name)
      return (host = new PluginHost({
        folders: [{ path: plugins, trust: 'local' }],
        stateFolder: at('state'),
        cacheFolder: at('cache'),
        configFolder: at('config'),
        models: at('models'),
        concurrency,
        maxInput,
      }))
    },
  })
  await host.jobs.start()
  const plugins = join(fixture.folder, 'plugins')
  const call: PluginFixture['call'] = async (method, path, { json, ...sent } = {}) => {
    const type = json === undefined ? {} : { 'content-type': 'application/json' }
    const headers = { ...fixture.bearer, ...type, ...sent.headers }
    const body = json === undefined ? sent.body : JSON.stringify(json)
    const answer = await fixture.send(method, path, { headers, ...(body !== undefined && { body }) })
    const isJson = answer.headers['content-type']?.startsWith('application/json') === true && answer.body.length > 0
    return { ...answer, json: (isJson ? JSON.parse(answer.body.toString()) : undefined) as never }
  }
  return {
    ...fixture,
    pluginHost: host,
    call,
    async start(options, input = 'hello') {
      const json = { pipeline: puppet(options), input }
      const { status, json: job } = await call('POST', '/pipeline/run', { json })
      expect(status).toBe(202)
      return job as JobInfo
    },
    async over(id) {
      await vi.waitFor(() => expect(isOver(host.jobs.get(id)!.state)).toBe(true), { timeout: 20_000, interval: 20 })
      return host.jobs.get(id)!
    },
    open: gate => writeFileSync(join(plugins, gate), ''),
    starts: () => readFileSync(join(plugins, 'starts'), 'utf8').split('\n').length - 1,
  }
}
