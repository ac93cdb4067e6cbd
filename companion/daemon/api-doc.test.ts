import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openListeners } from '../core/listening/open.ts'
import { ModelStore } from '../core/models/store.ts'
import { productRoot } from '../core/paths.ts'
import { PluginHost } from '../core/plugins/host.ts'
import { openSpeakers } from '../core/speakers/open.ts'
import { ensureToken } from '../core/token.ts'
import { openTestContracts } from '../core/testing/contracts.ts'
import { startDaemon, type Daemon } from './server.ts'

const doc = readFileSync(join(productRoot, 'docs', 'api.md'), 'utf8')

let folder: string
let stateFolder: string
let daemon: Daemon
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'voxloom-api-doc-'))
  // Where the client of the document looks for it.
  stateFolder = join(folder, 'voxloom')
  const host = new PluginHost({
    folders: [{ path: join(productRoot, 'plugins', 'uppercase-python'), trust: 'local' }],
    stateFolder,
    cacheFolder: join(folder, 'cache'),
    configFolder: join(folder, 'config'),
    models: join(folder, 'models'),
    concurrency: 1,
    maxInput: 1 << 20,
  })
  await host.jobs.start()
  const models = join(folder, 'models')
  daemon = await startDaemon({
    port: 0,
    store: new ModelStore({ folder: models }),
    stateFolder,
    host,
    contracts: openTestContracts(folder),
    speakers: openSpeakers(models),
    listeners: openListeners(models),
  })
})
afterAll(async () => {
  await daemon.close()
  rmSync(folder, { recursive: true, force: true })
})

it('has a client that runs as it stands', async () => {
  const [, client] = /```python\n([\s\S]*?)```/.exec(doc)!
  const at = (name: string) => join(folder, name)
  writeFileSync(at('client.py'), client!)
  writeFileSync(at('in.txt'), 'It was a dark night, and “naïve” too.\n')
  const env = {
    ...process.env,
    XDG_STATE_HOME: folder,
    VOXLOOM_ADDRESS: daemon.address,
    http_proxy: 'http://none.invalid',
  }
  const { stdout } = await promisify(execFile)('python3', [at('client.py'), at('in.txt'), at('out.txt')], { env })
  expect(stdout).toMatch(/^uppercase-python Example in Python.*\njob [0-9a-f-]{36}\n$/)
  expect(readFileSync(at('out.txt'), 'utf8')).toBe('IT WAS A DARK NIGHT, AND “NAÏVE” TOO.\n')
})

it('lists just the routes that there are', async () => {
  const headers = { authorization: `Bearer ${ensureToken(stateFolder)}` }
  const answer = await fetch(`${daemon.address}/openapi.json`, { headers })
  const { paths } = (await answer.json()) as { paths: Record<string, Record<string, unknown>> }
  const real = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map(method => `${method.toUpperCase()} ${path}`),
  )
  const table = [...doc.matchAll(/^\| `([A-Z]+ \/[^`]*)` \|/gm)].map(([, route]) => route!)
  const beside = ['GET /models/<model>/<path>', 'GET /metrics', 'GET /openapi.json']
  expect(table.sort()).toEqual([...real, ...beside].sort())
})
