import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ModelStore } from '../../companion/core/models/store.ts'
import { PluginHost } from '../../companion/core/plugins/host.ts'
import { ensureToken } from '../../companion/core/token.ts'
import { startDaemon } from '../../companion/daemon/server.ts'
import { root } from '../support/models.ts'

// The REST interface against its own openapi.json: schemathesis makes requests of every kind, good and bad, and looks
// whether the answers are those that the document promises. Prints one line, and what was wrong.

const home = join(root, '.cache', 'schemathesis')
const here = join(root, 'tests', 'api')

/** The command's output, and its exit code. */
async function run(command: string, args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(command, args, { cwd: home, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', data => (output += String(data)))
  const ended = once(child, 'close').catch(error => {
    output = String(error)
    return [127]
  })
  const [code] = (await ended) as [number | null]
  return { code: code ?? 1, output }
}

/** A virtual environment with just the versions of requirements.txt. @returns the program */
async function install(): Promise<string> {
  await mkdir(home, { recursive: true })
  const bin = join(home, 'venv', process.platform === 'win32' ? 'Scripts' : 'bin')
  const wanted = await readFile(join(here, 'requirements.txt'), 'utf8')
  const mark = join(home, 'installed.txt')
  if ((await readFile(mark, 'utf8').catch(() => '')) === wanted) return join(bin, 'schemathesis')
  await rm(join(home, 'venv'), { recursive: true, force: true })
  for (const [command, ...args] of [
    ['python3', '-m', 'venv', join(home, 'venv')],
    [join(bin, 'python'), '-m', 'pip', 'install', '-q', '--no-deps', '-r', join(here, 'requirements.txt')],
  ] as const) {
    const { code, output } = await run(command, args)
    if (code !== 0) throw new Error(`schemathesis could not be installed: ${command} ended with ${code}.\n${output}`)
  }
  await writeFile(mark, wanted)
  return join(bin, 'schemathesis')
}

/** A daemon with two light plugins, a saved pipeline and a job, so that not every name is an unknown one. */
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
  const daemon = await startDaemon({
    port: 0,
    store: new ModelStore({ folder: at('models') }),
    stateFolder: at('state'),
    host,
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
  const schemathesis = await install()
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
  const { code, output } = await run(schemathesis, [...args, ...process.argv.slice(2)], {
    VOXLOOM_TOKEN: token,
    NO_COLOR: '1',
  })
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
