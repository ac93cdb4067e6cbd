import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, vi } from 'vitest'
import { isOver, type JobInfo } from '#protocol/jobs.ts'
import { PluginHost } from '../core/plugins/host.ts'
import { openFixture, type Answer, type Fixture, type Sent } from './fixture.ts'

/** A plugin in Python that does as its options say. It notes each of its starts in a file. */
const PUPPET = `
import json, os, struct, sys, time
out = os.fdopen(os.dup(1), 'wb')
os.dup2(2, 1)
HERE = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(HERE, '..', 'starts'), 'a') as starts: starts.write('%d\\n' % os.getpid())
def read(n):
    found = sys.stdin.buffer.read(n)
    if found and len(found) < n: sys.exit(9)
    return found if len(found) == n else None
def frame():
    head = read(4)
    return None if head is None else read(struct.unpack('<I', head)[0] & 0x7fffffff)
def write(content, control=0):
    out.write(struct.pack('<I', len(content) | control) + content)
    out.flush()
config = json.loads(frame())['config']
def wait():
    gate = os.path.join(HERE, '..', config['gate'])
    while config['gate'] and not os.path.exists(gate): time.sleep(0.02)
if config['say']: write(config['say'].encode())
wait()
if config['fail']:
    write(json.dumps({'type': 'error', 'message': config['fail']}).encode(), 0x80000000)
    sys.exit(1)
for piece in iter(frame, None):
    if config['pause']: time.sleep(config['pause'])
    if piece: write(piece.upper())
print('all is said', file=sys.stderr)
`

const MANIFEST = (name: string, types: string) => `
name = "${name}"
version = "1.0.0"
protocol_version = "0.1"
entrypoint = "main.py"
interpreter = ["python3", "-u"]
mode = "streaming"
input = ${types}
output = ${types}
[options.say]
type = "string"
default = ""
description = "said at once"
[options.gate]
type = "string"
default = ""
description = "a file that is waited for after that"
[options.fail]
type = "string"
default = ""
description = "the words to fail with after that"
[options.pause]
type = "number"
default = 0
min = 0
max = 5
description = "seconds before each piece"
[test]
input = "sample"
`

/** Writes a plugin that copies in capitals: `say`, `gate`, `fail` and `pause` are its options. */
export function writePuppet(folder: string, name = 'puppet', types = '["text/plain"]'): void {
  mkdirSync(join(folder, name), { recursive: true })
  writeFileSync(join(folder, name, 'plugin.toml'), MANIFEST(name, types))
  writeFileSync(join(folder, name, 'main.py'), PUPPET)
  writeFileSync(join(folder, name, 'sample'), 'a sample')
  appendFileSync(join(folder, 'starts'), '')
}

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

/** The daemon of fixture.ts with real plugins: `puppet` (text), `raw` (bytes), and `broken`, which can't be used. */
export async function openPluginFixture({ maxInput = 1_000_000, concurrency = 2 } = {}): Promise<PluginFixture> {
  let host!: PluginHost
  const fixture = await openFixture({
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

/** A pipeline of the puppet alone. */
export function puppet(options: Readonly<Record<string, unknown>> = {}, plugin = 'puppet') {
  return { name: 'test', nodes: [{ id: 'one', plugin, options }] }
}
