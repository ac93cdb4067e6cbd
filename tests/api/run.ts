import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PRELUDE } from '../../companion/core/contracts/testing/prelude.ts'
import { openListeners } from '../../companion/core/listening/open.ts'
import { ModelStore } from '../../companion/core/models/store.ts'
import { PluginHost } from '../../companion/core/plugins/host.ts'
import { openSpeakers } from '../../companion/core/speakers/open.ts'
import { openTestContracts } from '../../companion/core/testing/contracts.ts'
import { ensureToken } from '../../companion/core/token.ts'
import { startDaemon } from '../../companion/daemon/server.ts'
import { root } from '../support/models.ts'
import { pythonWith, runProgram } from '../support/python.ts'

// The REST interface against its own openapi.json: schemathesis makes requests of every kind, good and bad, and looks
// whether the answers are those that the document promises. Prints one line, and what was wrong.

const here = join(root, 'tests', 'api')

/** A contract plugin that answers at once, whatever it is asked. */
function writeParrot(folder: string): void {
  mkdirSync(folder, { recursive: true })
  const manifest = { name: 'parrot', version: '1.0.0', contract: 'parroting', entry_point: 'main.mjs' }
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest))
  writeFileSync(join(folder, 'main.mjs'), `${PRELUDE}\non('repeat', params => params)\n`)
}

/** A daemon with three light plugins, a saved pipeline and a job, so that not every name is an unknown one. */
async function open(folder: string) {
  const at = (name: string) => join(folder, name)
  const host = new PluginHost({
    folders: ['uppercase-python', 'text-normalize'].map(name => ({
      path: join(root, 'plugins', name),
      trust: 'local',
    })),
    stateFolder: at('state'),
    cacheFolder: at('cache'),
    configFolder: at('config'),
    models: at('models'),
    concurrency: 1,
    maxInput: 1024 * 1024,
  })
  await host.jobs.start()
  writeParrot(at('plugins/parrot'))
  const contracts = openTestContracts(folder)
  const daemon = await startDaemon({
    port: 0,
    store: new ModelStore({ folder: at('models') }),
    stateFolder: at('state'),
    host,
    contracts,
    speakers: openSpeakers(at('models')),
    listeners: openListeners(at('models')),
  })
  const token = ensureToken(at('state'))
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const pipeline = { name: 'shout', nodes: [{ id: 'shout', plugin: 'uppercase-python' }] }
  for (const [method, path, body] of [
    ['PUT', '/pipelines/shout', pipeline],
    ['POST', '/pipeline/run', { pipeline, input: 'hello' }],
  ] as const) {
    const { ok } = await fetch(daemon.address + path, { method, headers, body: JSON.stringify(body) })
    if (!ok) throw new Error(`${method} ${path} was refused.`)
  }
  return { daemon, token }
}

const folder = mkdtempSync(join(tmpdir(), 'voxloom-api-'))
try {
  const schemathesis = join(await pythonWith('schemathesis', join(here, 'requirements.txt')), 'schemathesis')
  const { daemon, token } = await open(folder)
  const args = [
    '--config-file',
    join(here, 'schemathesis.toml'),
    'run',
    `${daemon.address}/openapi.json`,
    '--seed',
    '1',
  ]
  const begun = performance.now()
  const env = { VOXLOOM_TOKEN: token, NO_COLOR: '1' }
  const { code, output } = await runProgram(schemathesis, [...args, ...process.argv.slice(2)], env, folder)
  await daemon.close()
  if (code !== 0) console.error(output)
  const cases = /([\d,]+) generated/.exec(output)?.[1] ?? 'no'
  const seconds = Math.round((performance.now() - begun) / 1000)
  console.log(
    `schemathesis: ${cases} requests in ${seconds} s, ${code === 0 ? 'every answer as documented' : 'failed'}`,
  )
  process.exitCode = code === 0 ? 0 : 1
} catch (error) {
  console.log(`schemathesis: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
