import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ContractHost } from '../core/contracts/host.ts'
import { contractFixture } from '../core/contracts/testing/fixture.ts'
import { openTestContracts } from '../core/testing/contracts.ts'
import { cookieOf, ownPage } from './fixture.ts'
import { openPluginFixture, puppet, type PluginFixture } from './fixture-plugins.ts'

let fixture: PluginFixture
let contracts: ContractHost
let cookie: string
let job: string
/** What pages of these origins send that were paired; the last one's pairing was revoked. */
const pages: Record<'paired' | 'other' | 'revoked', { origin: string; authorization: string }> = {
  paired: { origin: 'https://paired.example', authorization: '' },
  other: { origin: 'https://other.example', authorization: '' },
  revoked: { origin: 'https://revoked.example', authorization: '' },
}
beforeAll(async () => {
  fixture = await openPluginFixture({
    contracts(folder) {
      const manifest = { config_schema: { type: 'object', properties: { key: { type: 'string', writeOnly: true } } } }
      contractFixture('', { name: 'parrot', parent: join(folder, 'plugins'), manifest })
      return (contracts = openTestContracts(folder))
    },
  })
  await contracts.configure('parrot', { key: 'sk-private' })
  cookie = cookieOf(await fixture.ask('/studio/narrate'))
  await fixture.call('PUT', '/pipelines/kept', { json: puppet() })
  await fixture.call('PUT', '/language/providers/kept', { json: server({ key: 'sk-private' }) })
  await fixture.call('POST', '/sessions', { json: { id: 'kept' } })
  job = (await fixture.start({}, 'private')).id
  await fixture.over(job)
  for (const page of Object.values(pages)) {
    const { code } = (await fixture.call('POST', '/pair/code')).json as { code: string }
    const headers = { authorization: '', origin: page.origin }
    const { token } = (await fixture.call('POST', '/pair', { headers, json: { code } })).json as { token: string }
    page.authorization = `Bearer ${token}`
  }
  const gone = await fixture.call('DELETE', `/pair/${encodeURIComponent(pages.revoked.origin)}`)
  expect(gone.status).toBe(200)
})
afterAll(async () => {
  console.log(table())
  await fixture.close()
})

/** A server of language models that nobody may be sent to: nothing listens there. */
const server = (more: object = {}) => ({
  preset: 'other',
  name: 'Box',
  base: 'http://127.0.0.1:9/v1',
  model: 'm',
  ...more,
})

/** Every route that changes or tells something of the user's, with a request that does something when it is let in. */
const ROUTES = (
  [
    ['GET', '/plugins'],
    ['GET', '/plugins/puppet'],
    ['POST', '/plugins/puppet/verify'],
    ['POST', '/pipeline/validate', { pipeline: puppet() }],
    ['POST', '/pipeline/draft', puppet()],
    ['POST', '/pipeline/run', { pipeline: puppet(), input: 'x' }],
    ['GET', '/pipelines'],
    ['GET', '/pipelines/kept'],
    ['PUT', '/pipelines/new', puppet()],
    ['DELETE', '/pipelines/kept'],
    ['GET', '/jobs'],
    ['GET', '/jobs/:job/status'],
    ['GET', '/jobs/:job/pipeline'],
    ['GET', '/jobs/:job/stream'],
    ['GET', '/jobs/:job/log'],
    ['POST', '/jobs/:job/cancel'],
    ['DELETE', '/jobs/:job'],
    ['GET', '/language/providers'],
    ['PUT', '/language/providers/kept', server({ base: 'https://evil.example' })],
    ['PUT', '/language/providers/new', server()],
    ['DELETE', '/language/providers/kept'],
    ['POST', '/language/providers/kept/restore'],
    ['GET', '/language/providers/kept/health'],
    ['POST', '/language/providers/kept/chat', { messages: [{ role: 'user', text: 'x' }] }],
    ['GET', '/contracts'],
    ['GET', '/contracts/parrot'],
    ['POST', '/contracts/parrot/load'],
    ['POST', '/contracts/parrot/unload'],
    ['POST', '/contracts/parrot/swap'],
    ['POST', '/contracts/parrot/release'],
    ['POST', '/contracts/parrot/install'],
    ['GET', '/contracts/parrot/config'],
    ['PUT', '/contracts/parrot/config', { values: { key: '' } }],
    ['POST', '/contracts/parrot/call', { method: 'get_voices' }],
    ['POST', '/contracts/parrot/state/capture'],
    ['POST', '/contracts/parrot/state/restore', { state: {} }],
    ['GET', '/contracts/parrot/log'],
    ['POST', '/contracts/parrot/chat', { messages: [{ role: 'user', text: 'x' }] }],
    ['POST', '/contracts/parrot/recognise', {}],
    ['GET', '/personas'],
    ['POST', '/personas', { name: 'Eve' }],
    ['GET', '/personas/included%3Anora'],
    ['PATCH', '/personas/included%3Anora', { name: 'Eve' }],
    ['DELETE', '/personas/included%3Anora'],
    ['POST', '/personas/included%3Anora/reset'],
    ['GET', '/personas/included%3Anora/export'],
    ['POST', '/personas/import', { name: 'Eve' }],
    ['GET', '/sessions'],
    ['POST', '/sessions', { id: 'new' }],
    ['GET', '/sessions/kept'],
    ['DELETE', '/sessions/kept'],
    ['POST', '/sessions/kept/start'],
    ['POST', '/sessions/kept/stop'],
    ['POST', '/sessions/kept/cancel'],
    ['POST', '/sessions/kept/toggle'],
    ['GET', '/metrics'],
    ['GET', '/openapi.json'],
    ['POST', '/ws/ticket'],
    ['POST', '/pair/code'],
    ['GET', '/pair'],
    ['DELETE', '/pair'],
    ['DELETE', '/pair/https%3A%2F%2Fpaired.example'],
    ['GET', '/v1/models'],
    ['GET', '/v1/models/tts-1'],
    ['POST', '/v1/audio/speech', { model: 'tts-1', input: 'x', voice: 'alloy' }],
    ['POST', '/v1/audio/transcriptions', {}],
  ] as readonly (readonly [method: string, path: string, body?: unknown])[]
).map(([method, path, body]) => ({ method, path, body }))

interface Caller {
  readonly name: string
  readonly headers: () => Record<string, string>
  readonly refused: 401 | 403
  /** The origin whose page may read the refusal: one that is paired. */
  readonly readable?: string
  /** Only for requests that change something, or only for the others. */
  readonly methods?: RegExp
  readonly method?: string
  /** Another way to write the path. */
  readonly path?: (path: string) => string
}

const CALLERS: readonly Caller[] = [
  { name: 'wrong Host', headers: () => ({ ...fixture.bearer, host: 'evil.example' }), refused: 403 },
  {
    name: 'rebinding Host',
    headers: () => ({ ...fixture.bearer, host: `localhost.evil.example:${fixture.port}` }),
    refused: 403,
  },
  { name: 'Host, other port', headers: () => ({ ...fixture.bearer, host: 'localhost:1' }), refused: 403 },
  { name: 'foreign Origin', headers: () => ({ ...fixture.bearer, origin: 'http://evil.example' }), refused: 403 },
  { name: 'Origin null', headers: () => ({ cookie, 'x-voxloom': '1', origin: 'null' }), refused: 403 },
  {
    name: 'Origin, other port',
    headers: () => ({ cookie, 'x-voxloom': '1', origin: 'http://localhost:1' }),
    refused: 403,
  },
  { name: 'no token', headers: () => ({}), refused: 401 },
  { name: 'wrong token', headers: () => ({ authorization: `Bearer ${'B'.repeat(43)}` }), refused: 401 },
  { name: 'wrong cookie', headers: () => ({ cookie: 'voxloom_session=x', 'x-voxloom': '1' }), refused: 401 },
  { name: 'token as cookie', headers: () => ({ cookie: `voxloom_session=${fixture.token}` }), refused: 401 },
  { name: 'Sec-Fetch-Site alone', headers: () => ({ ...ownPage, 'x-voxloom': '1' }), refused: 401 },
  {
    name: 'cookie, no x-voxloom',
    headers: () => ({ cookie, ...ownPage }),
    refused: 403,
    methods: /POST|PUT|PATCH|DELETE/,
  },
  ...['cross-site', 'same-site'].map(site => ({
    name: `cookie, ${site}`,
    headers: () => ({ cookie, 'x-voxloom': '1', 'sec-fetch-site': site }),
    refused: 403 as const,
  })),
  { name: 'unpaired https', headers: () => ({ origin: 'https://evil.example', 'x-voxloom': '1' }), refused: 403 },
  {
    name: 'unpaired https, cookie',
    headers: () => ({ cookie, origin: 'https://evil.example', 'x-voxloom': '1' }),
    refused: 403,
  },
  {
    name: 'paired token, unpaired',
    headers: () => ({ ...pages.paired, origin: 'https://evil.example' }),
    refused: 403,
  },
  {
    name: 'paired token, other port',
    headers: () => ({ ...pages.paired, origin: `${pages.paired.origin}:1` }),
    refused: 403,
  },
  { name: 'paired token, no Origin', headers: () => ({ authorization: pages.paired.authorization }), refused: 401 },
  {
    name: 'paired token, our Origin',
    headers: () => ({ ...pages.paired, origin: `http://${fixture.host}` }),
    refused: 401,
  },
  { name: 'revoked token', headers: () => pages.revoked, refused: 403 },
  { name: 'revoked token, no Origin', headers: () => ({ authorization: pages.revoked.authorization }), refused: 401 },
  ...[
    { name: 'paired, no token', headers: () => ({}) },
    { name: 'paired, another’s token', headers: () => ({ authorization: pages.other.authorization }) },
    { name: 'paired, revoked token', headers: () => ({ authorization: pages.revoked.authorization }) },
    { name: 'paired, programs’ token', headers: () => ({ ...fixture.bearer }) },
    { name: 'paired, our cookie', headers: () => ({ cookie, ...ownPage, 'x-voxloom': '1' }) },
  ].map(({ name, headers }) => ({
    name,
    headers: () => ({ ...headers(), origin: pages.paired.origin }),
    refused: 401 as const,
    readable: pages.paired.origin,
  })),
  {
    name: 'unpaired preflight',
    headers: () => ({ origin: 'https://evil.example', 'access-control-request-method': 'PUT' }),
    refused: 403,
    method: 'OPTIONS',
  },
  {
    name: 'stranger’s preflight',
    headers: () => ({ origin: 'http://evil.example', 'access-control-request-method': 'POST' }),
    refused: 403,
    method: 'OPTIONS',
  },
  {
    name: 'encoded path',
    headers: () => ({}),
    refused: 401,
    path: path => `/%${path.charCodeAt(1).toString(16)}${path.slice(2)}`,
  },
  { name: 'path with #', headers: () => ({}), refused: 401, path: path => `${path}#x` },
  {
    name: 'whole address',
    headers: () => ({}),
    refused: 401,
    path: path => `http://${fixture.host}${path}`,
  },
]

const results: { route: string; caller: string; status: number; asExpected: boolean }[] = []

describe.each(ROUTES)('$method $path', ({ method, path, body }) => {
  it.each(CALLERS.filter(({ methods }) => !methods || methods.test(method)))('refuses $name', async caller => {
    const before = world()
    const address = path.replace(':job', job)
    const answer = await fixture.send(caller.method ?? method, caller.path?.(address) ?? address, {
      headers: { ...caller.headers(), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const { status, headers } = answer
    results.push({ route: `${method} ${path}`, caller: caller.name, status, asExpected: status === caller.refused })
    expect([status, headers['access-control-allow-origin']]).toEqual([caller.refused, caller.readable])
    expect(answer.body.toString()).not.toMatch(
      /puppet|PRIVATE|voxloom_jobs|openapi|ticket"|"code":"\w{4}-|paired\.example|sk-private|127\.0\.0\.1:9|Nora|"kept"|parrot/,
    )
    expect(world()).toEqual(before)
  })
})

describe('a command line or a path in place of a plugin', () => {
  const node = (more: object) => ({ name: 'x', nodes: [{ id: 'a', plugin: 'puppet', ...more }] })
  const toml = (line: string) => ({ toml: `name = "x"\n[[nodes]]\nid = "a"\n${line}\n` })
  it.each([
    ['plugin: "../../bin/sh"', node({ plugin: '../../bin/sh' })],
    ['plugin: "/bin/sh"', node({ plugin: '/bin/sh' })],
    ['plugin: "puppet/../puppet"', node({ plugin: 'puppet/../puppet' })],
    ['plugin: "sh -c id"', node({ plugin: 'sh -c id' })],
    ['plugin: ["sh"]', node({ plugin: ['sh'] })],
    ['entrypoint', node({ entrypoint: '/bin/sh' })],
    ['command', node({ command: ['sh', '-c', 'id'] })],
    ['interpreter', node({ interpreter: 'sh' })],
    ['env', node({ env: { PATH: '/tmp' } })],
    ['folder', { ...node({}), folder: '/tmp' }],
    ['an option nobody has', node({ options: { entrypoint: '/bin/sh' } })],
    ['toml: plugin = "/bin/sh"', toml('plugin = "/bin/sh"')],
    ['toml: entrypoint', toml('plugin = "puppet"\nentrypoint = "/bin/sh"')],
    ['saved: "../../etc/passwd"', { saved: '../../etc/passwd' }],
    ['saved: "/etc/passwd"', { saved: '/etc/passwd' }],
  ])('%s is refused, and nothing is started', async (name, pipeline) => {
    const before = world()
    const { status } = await fixture.call('POST', '/pipeline/run', { json: { pipeline, input: 'id' } })
    const checked = await fixture.call('POST', '/pipeline/validate', { json: { pipeline } })
    results.push({ route: 'POST /pipeline/run', caller: name, status, asExpected: status === 400 || status === 404 })
    expect([400, 404]).toContain(status)
    expect(checked.status === 200 ? (checked.json as { valid: boolean }).valid : false).toBe(false)
    expect(world()).toEqual(before)
  })
})

it('leaves sessions as they were', async () => {
  const { json } = await fixture.call('GET', '/sessions')
  expect(json).toMatchObject([{ id: 'kept', connected: false, turns: 0 }])
})

it('lets in whoever may', async () => {
  for (const headers of [
    fixture.bearer,
    { cookie, ...ownPage },
    { cookie, 'sec-fetch-site': 'none' },
    { cookie, origin: `http://${fixture.host}`, 'sec-fetch-site': 'same-origin' },
    { ...pages.paired, 'sec-fetch-site': 'cross-site' },
    pages.other,
  ]) {
    expect((await fixture.send('GET', `/jobs/${job}/stream`, { headers })).body.toString()).toBe('PRIVATE')
  }
  const page = { cookie, ...ownPage, 'x-voxloom': '1' }
  for (const headers of [page, pages.paired]) {
    expect((await fixture.send('POST', '/plugins/puppet/verify', { headers })).status).toBe(200)
  }
})

/** All that a request could have changed. */
function world() {
  const { pluginHost } = fixture
  const files = readdirSync(fixture.folder, { recursive: true }) as string[]
  return {
    starts: fixture.starts(),
    jobs: pluginHost.counts(),
    files: files.filter(file => !/\.db-|lock/.test(file)),
    language: readFileSync(join(fixture.folder, 'state', 'language.json'), 'utf8'),
    contracts: contracts.lights(),
    settings: readFileSync(join(fixture.folder, 'state', 'contracts', 'parrot.json'), 'utf8'),
  }
}

/** A line for each caller, with what the routes said. */
function table(): string {
  const lines = [...Map.groupBy(results, ({ caller }) => caller)].map(([caller, rows]) => {
    const statuses = [...new Set(rows.map(({ status }) => status))].join(', ')
    const verdict = rows.every(({ asExpected }) => asExpected) ? 'refused' : 'LET IN'
    return `${caller.padEnd(28)} ${String(rows.length).padStart(3)} requests  ${statuses.padEnd(9)} ${verdict}`
  })
  return `Who was refused (${ROUTES.length} routes):\n${lines.join('\n')}`
}
