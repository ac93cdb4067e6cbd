import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { writePuppet } from '../core/testing/puppet.ts'
import { openPluginFixture, puppet, type PluginFixture } from './fixture-plugins.ts'

let fixture: PluginFixture
beforeAll(async () => {
  fixture = await openPluginFixture()
})
afterAll(() => fixture.close())

const problem = (message: string) => ({ code: 'bad-input', message: expect.stringContaining(message) })
const validate = (pipeline: unknown, more: object = {}) =>
  fixture.call('POST', '/pipeline/validate', { json: { pipeline, ...more } })

describe('plugins', () => {
  it('are listed, those that can’t be used with the reason', async () => {
    const { status, json } = await fixture.call('GET', '/plugins')
    expect([status, json]).toMatchObject([
      200,
      [
        { id: 'broken', problem: expect.stringContaining('plugin.toml'), verification: { state: 'failed' } },
        { id: 'puppet', mode: 'streaming', input: ['text/plain'], options: { pause: { min: 0, max: 5, default: 0 } } },
        { id: 'raw' },
      ],
    ])
  })

  it('are shown one by one, and tried when that is asked for', async () => {
    expect((await fixture.call('GET', '/plugins/puppet')).json).toMatchObject({ verification: { state: 'unknown' } })
    const before = fixture.starts()
    const { status, json } = await fixture.call('POST', '/plugins/puppet/verify')
    expect([status, json, fixture.starts()]).toMatchObject([200, { verification: { state: 'verified' } }, before + 1])
    expect((await fixture.call('GET', '/plugins/puppet')).json).toMatchObject({ verification: { state: 'verified' } })
    expect((await fixture.call('POST', '/plugins/broken/verify')).json).toMatchObject({
      problem: expect.any(String),
      verification: { state: 'failed' },
    })
  })

  it('that are not there are told so', async () => {
    for (const id of ['none', '..', '%2e%2e%2fpuppet', 'puppet%00', 'x'.repeat(128), '%F0%9F%90%88']) {
      for (const [method, path] of [
        ['GET', `/plugins/${id}`],
        ['POST', `/plugins/${id}/verify`],
      ] as const) {
        const { status, json } = await fixture.call(method, path)
        expect([path, status, json]).toMatchObject([path, 404, { code: 'not-found' }])
      }
    }
    expect((await fixture.call('GET', `/plugins/${'x'.repeat(129)}`)).json).toMatchObject(problem('id'))
  })
})

describe('a plugin that is being tried', () => {
  const trying = async (id: string) => {
    const { json } = await fixture.call('GET', '/plugins')
    const all = json as { id: string; verification: { state: string; trying?: true } }[]
    return all
      .filter(({ verification }) => verification.trying)
      .map(plugin => plugin.id)
      .includes(id)
  }
  /** A plugin whose check waits for a gate. */
  function writeGated(name: string): void {
    const plugins = join(fixture.folder, 'plugins')
    writePuppet(plugins, name)
    appendFileSync(join(plugins, name, 'plugin.toml'), `options = { gate = "${name}.gate" }\n`)
  }

  it('is marked as such until the last trial is over', async () => {
    writeGated('slow')
    expect(await trying('slow')).toBe(false)
    const before = fixture.starts()
    const trials = [1, 2].map(() => fixture.call('POST', '/plugins/slow/verify'))
    await vi.waitFor(() => expect(fixture.starts()).toBe(before + 2), 10_000)
    expect([await trying('slow'), await trying('puppet')]).toEqual([true, false])
    expect((await fixture.call('GET', '/plugins/slow')).json).toMatchObject({
      verification: { state: 'unknown', trying: true },
    })
    fixture.open('slow.gate')
    for (const { json } of await Promise.all(trials))
      expect(json).toMatchObject({ verification: { state: 'verified' } })
    expect(await trying('slow')).toBe(false)
  })

  it('is marked when a job is what tries it, and not while the job works', async () => {
    writeGated('tried')
    const pipeline = {
      name: 'test',
      nodes: [...puppet().nodes, { id: 'two', plugin: 'tried', options: { say: 'x', gate: 'works' } }],
    }
    const { json } = await fixture.call('POST', '/pipeline/run', { json: { pipeline, input: 'x' } })
    await vi.waitFor(async () => expect(await trying('tried')).toBe(true), { timeout: 10_000, interval: 20 })
    expect(await trying('puppet')).toBe(false)
    fixture.open('tried.gate')
    const { id } = json as { id: string }
    await vi.waitFor(async () => expect((await fixture.pluginHost.files.found(id))?.size).toBe(1), 10_000)
    expect(await trying('tried')).toBe(false)
    fixture.open('works')
    expect((await fixture.over(id)).state).toBe('done')
  })
})

describe('checking a pipeline', () => {
  it('shows what flows', async () => {
    expect((await validate(puppet())).json).toEqual({
      valid: true,
      problems: [],
      nodes: [{ id: 'one', plugin: 'puppet', input: 'text/plain', output: 'text/plain' }],
    })
  })

  it('takes the text of a .cr file, and a saved one', async () => {
    const toml = 'name = "a"\n[[nodes]]\nid = "n"\nplugin = "puppet"\n'
    expect((await validate({ toml })).json).toMatchObject({ valid: true })
    await fixture.call('PUT', '/pipelines/saved', { json: { toml } })
    expect((await validate({ saved: 'saved' })).json).toMatchObject({ valid: true, nodes: [{ id: 'n' }] })
    expect((await validate({ saved: 'none' })).json).toMatchObject({ code: 'not-found' })
  })

  it('names everything that is wrong, and starts nothing', async () => {
    const before = fixture.starts()
    const nodes = [
      { id: 'a', plugin: 'pupet' },
      { id: 'b', plugin: 'broken' },
      { id: 'c', plugin: 'puppet', options: { pause: 6, sya: 'x' } },
    ]
    const { status, json } = await validate({ name: 'wrong', nodes })
    expect([status, json]).toMatchObject([
      200,
      {
        valid: false,
        nodes: [],
        problems: [
          { code: 'unknown-plugin', node: 'a', message: expect.stringContaining('Did you mean “puppet”?') },
          { code: 'unusable-plugin', node: 'b', message: expect.stringContaining('can’t be used') },
          { code: 'options', node: 'c', message: expect.stringContaining('pause') },
          { code: 'options', node: 'c', message: expect.stringContaining('sya') },
        ],
      },
    ])
    const pair = { name: 'pair', nodes: [...puppet().nodes, { id: 'two', plugin: 'raw' }] }
    expect((await validate(pair)).json).toMatchObject({
      problems: [
        { code: 'types', node: 'two', message: expect.stringMatching(/writes text\/plain.*reads application/) },
      ],
    })
    expect((await validate(puppet(), { input_type: 'audio/wav' })).json).toMatchObject({ valid: false })
    expect(fixture.starts()).toBe(before)
  })

  it.each([
    ['no object', 1, 'a pipeline is {'],
    ['nothing of the three', {}, 'nodes: '],
    ['a node without a plugin', { name: 'x', nodes: [{ id: 'a' }] }, 'nodes.0.plugin: '],
    ['a program in a node', { name: 'x', nodes: [{ id: 'a', plugin: 'puppet', command: 'sh' }] }, '"command"'],
    ['an option that is a table', { name: 'x', nodes: [{ id: 'a', plugin: 'puppet', options: { say: {} } }] }, 'say: '],
    ['no nodes', { name: 'x', nodes: [] }, 'There are no nodes'],
    ['the same id twice', { name: 'x', nodes: [...puppet().nodes, ...puppet().nodes] }, 'may stand once'],
    ['damaged TOML', { toml: 'name = ' }, 'line 1'],
    [
      'a program in TOML',
      { toml: 'name = "x"\n[[nodes]]\nid = "a"\nplugin = "puppet"\nentrypoint = "sh"\n' },
      'entrypoint',
    ],
    ['a saved name that is a path', { saved: '../../x' }, 'can’t name a pipeline'],
  ])('says what is wrong with %s', async (_, pipeline, words) => {
    const { status, json } = await validate(pipeline)
    expect([status, json]).toMatchObject([400, problem(words)])
  })

  it('refuses what is no JSON, or no body of its form', async () => {
    const send = (body: string, type = 'application/json') =>
      fixture.call('POST', '/pipeline/validate', { body, headers: { 'content-type': type } })
    expect([(await send('{')).status, (await send('')).status, (await send('[]')).status]).toEqual([400, 400, 400])
    expect((await send('{"__proto__":1,"pipeline":{}}')).status).toBe(400)
    for (const type of ['text/plain', 'application/octet-stream', 'application/x-www-form-urlencoded']) {
      expect((await send('{}', type)).status).toBe(415)
    }
    const deep = `{"pipeline":${'['.repeat(200_000)}${']'.repeat(200_000)}}`
    expect((await send(deep)).status).toBe(400)
  })

  it('takes a body of just the limit, and not a byte more', async () => {
    const shell = JSON.stringify({ pipeline: { toml: '' } })
    const body = (bytes: number) => shell.replace('""', `"${'#'.repeat(bytes - shell.length)}"`)
    const send = (bytes: number) =>
      fixture.call('POST', '/pipeline/validate', { body: body(bytes), headers: { 'content-type': 'application/json' } })
    expect((await send(1 << 20)).json).toMatchObject(problem('“name”'))
    expect(await send((1 << 20) + 1)).toMatchObject({ status: 413, json: { code: 'bad-input' } })
  })
})

describe('saved pipelines', () => {
  const toml = '# read aloud\nname = "a" # a comment\n\n[[nodes]]\nid = "n"\nplugin = "puppet"\n'
  const put = (name: string, json: unknown) => fixture.call('PUT', `/pipelines/${name}`, { json })

  it('keep their comments when they come as text', async () => {
    const { status, json } = await put('book', { toml })
    expect([status, json]).toMatchObject([200, { name: 'book', toml, pipeline: { name: 'a' } }])
    expect((await fixture.call('GET', '/pipelines/book')).json).toMatchObject({ toml })
    expect(readFileSync(join(fixture.folder, 'config', 'pipelines', 'book.cr'), 'utf8')).toBe(toml)
    expect((await fixture.call('GET', '/pipelines')).json).toContain('book')
    expect((await fixture.call('DELETE', '/pipelines/book')).status).toBe(204)
    expect((await fixture.call('GET', '/pipelines/book')).json).toMatchObject({ code: 'not-found' })
    expect((await fixture.call('DELETE', '/pipelines/book')).status).toBe(404)
  })

  it('come back as they were when they are data, and replace what had the name', async () => {
    await put('data', puppet({ say: 'a' }))
    const { json } = await put('data', puppet({ say: 'b', pause: 0.5 }))
    expect(json).toMatchObject({ pipeline: { nodes: [{ options: { say: 'b', pause: 0.5 } }] } })
    expect((await validate({ saved: 'data' })).json).toMatchObject({ valid: true })
  })

  it('keep the comments of the file when they are changed as data', async () => {
    await put('kept', { toml: `${toml}[nodes.options]\nsay = "a" # said first\n# the end\n` })
    const data = { name: 'a', nodes: [{ id: 'n', plugin: 'puppet', options: { say: 'b', pause: 1 } }] }
    const { status, json } = await put('kept', data)
    expect(status).toBe(200)
    expect((json as { toml: string }).toml).toBe(
      `${toml}[nodes.options]\nsay = "b" # said first\npause = 1\n# the end\n`,
    )
    expect(json).toMatchObject({ pipeline: { nodes: data.nodes } })
  })

  it.each([
    ['is damaged', 'name = '],
    ['has a key that nobody knows', `edges = []\n${toml}`],
    ['has its nodes in a list', '# gone\nname = "a"\nnodes = [{ id = "x", plugin = "puppet" }]\n'],
  ])('are written anew over a file that %s', async (_, text) => {
    await put('anew', { toml })
    writeFileSync(join(fixture.folder, 'config', 'pipelines', 'anew.cr'), text)
    const { status, json } = await put('anew', puppet({ say: 'x' }))
    expect([status, json]).toMatchObject([200, { pipeline: { name: 'test', nodes: [{ options: { say: 'x' } }] } }])
    expect((json as { toml: string }).toml).toMatch(/^name = "test"/)
  })

  it('keep comments as long as there is room for them', async () => {
    const body = '\nname = "a"\n[[nodes]]\nid = "n"\nplugin = "puppet"\n[nodes.options]\nsay = ""\n'
    const data = { name: 'a', nodes: [{ id: 'n', plugin: 'puppet', options: { say: 'x' } }] }
    const path = join(fixture.folder, 'config', 'pipelines', 'full.cr')
    await put('full', { toml })
    for (const [size, isKept] of [
      [(1 << 20) - 1, true],
      [1 << 20, false],
    ] as const) {
      writeFileSync(path, `#${'x'.repeat(size - body.length - 1)}${body}`)
      expect((await put('full', data)).status).toBe(200)
      expect([size, readFileSync(path, 'utf8').startsWith('#xx')]).toEqual([size, isKept])
    }
  })

  it('may have a name of 64 characters, and not of 65', async () => {
    expect((await put('a'.repeat(64), { toml })).status).toBe(200)
    expect(await put('a'.repeat(65), { toml })).toMatchObject({ status: 400, json: problem('1 to 64') })
  })

  it.each([
    '..',
    '.',
    '%2e%2e',
    '..%2f..%2fx',
    'a%2fb',
    'a%5cb',
    'a%00',
    '.hidden',
    '-x',
    'a%20b',
    'a/b',
    '../../x',
    '%',
  ])('refuse the name %s for everything', async name => {
    const files = () => readdirSync(fixture.folder, { recursive: true }).length
    const before = files()
    for (const [method, json] of [['GET'], ['PUT', { toml }], ['DELETE']] as const) {
      const { status } = await fixture.call(method, `/pipelines/${name}`, json && { json })
      expect([400, 403, 404]).toContain(status)
    }
    expect(files()).toBe(before)
  })

  it('that are damaged say where', async () => {
    await put('damaged', { toml })
    writeFileSync(join(fixture.folder, 'config', 'pipelines', 'damaged.cr'), 'name = ')
    expect((await fixture.call('GET', '/pipelines/damaged')).json).toMatchObject(problem('line 1'))
  })

  it('are not written when they are none', async () => {
    expect((await put('bad', { toml: 'name = ' })).status).toBe(400)
    expect((await put('bad', { name: 'x', nodes: [{ id: 'a', plugin: 'p', entrypoint: 'sh' }] })).status).toBe(400)
    expect((await fixture.call('GET', '/pipelines/bad')).status).toBe(404)
  })
})

it('says which methods an address knows', async () => {
  for (const [method, path, allow] of [
    ['PATCH', '/plugins', 'GET, HEAD'],
    ['GET', '/pipeline/run', 'POST'],
    ['POST', '/pipelines/x', 'GET, HEAD, PUT, DELETE'],
  ] as const) {
    const { status, headers } = await fixture.call(method, path)
    expect([status, headers.allow]).toEqual([405, allow])
  }
})
