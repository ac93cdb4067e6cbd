import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { ContractEvent } from '#protocol/contracts.ts'
import { errorData } from '#protocol/errors.ts'
import { HandClock } from '#dialogue/testing/clock.ts'
import { openTestContracts } from '../testing/contracts.ts'
import type { ContractHostOptions } from './host.ts'
import { LOOK_EVERY } from './host.ts'
import { SUPERVISION } from './slot/rules.ts'
import { packageIn, pythonPlugin } from './testing/python-plugin.ts'
import { contractFixture, type ContractFixtureOptions } from './testing/fixture.ts'

/** However slow the machine is. */
const eventually = <T>(holds: () => T) => vi.waitFor(holds, { timeout: 60_000, interval: 20 })

const VOICES = `on('get_voices', () => [
  { id: 'one', name: 'One', language: 'en_GB', gender: 'Female' },
  { id: 'two', name: 'Two' },
  { id: 'a:b', name: 'Not to be chosen' },
])`

/** A folder for plugins and a host of them, both gone after the test. */
function place(options: Partial<ContractHostOptions> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'voxloom-contract-host-'))
  const host = openTestContracts(folder, options)
  onTestFinished(async () => {
    await host.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const drop = (code: string, more: ContractFixtureOptions = {}) =>
    contractFixture(code, { name: 'parrot', parent: join(folder, 'plugins'), ...more })
  return { folder, host, drop }
}

const isAlive = (pid: number) => existsSync(`/proc/${pid}`)

describe('a plugin that is dropped in', () => {
  it('is met without a restart, and its voices are known; a later start knows them before it runs', async () => {
    const clock = new HandClock()
    const { folder, host, drop } = place({ clock })
    host.start()
    expect(host.lights()).toEqual([])
    drop(VOICES)
    await clock.pass(LOOK_EVERY)
    await eventually(() => expect(host.lights()[0]).toMatchObject({ status: 'READY', offers: { voices: [{}, {}] } }))
    expect(host.lights()[0]!.offers.voices).toEqual([
      { id: 'one', name: 'One', lang: 'en-gb', gender: 'female' },
      { id: 'two', name: 'Two', lang: 'en', gender: 'neutral' },
    ])
    const { pid } = host.get('parrot')
    await host.close()
    expect(isAlive(pid!)).toBe(false)

    const later = openTestContracts(folder)
    onTestFinished(() => later.close())
    expect(later.lights()[0]).toMatchObject({ status: 'UNLOADED', offers: { voices: [{ id: 'one' }, { id: 'two' }] } })
    expect(later.get('parrot').methods).toMatchObject([
      { name: 'synthesize', offered: false, required: true, params: { properties: { text: {} } } },
      { name: 'get_voices', offered: true },
      { name: 'get_voice_info', offered: false },
    ])
  })

  it('is told of while it works, and when its folder is gone', async () => {
    const clock = new HandClock()
    const { host, drop } = place({ clock })
    const events: ContractEvent[] = []
    host.watch(event => events.push(event))
    const { folder } = drop(`${VOICES}\nconsole.error('said aloud')`)
    host.start()
    await eventually(async () => {
      await clock.pass(100)
      expect(events).toContainEqual(
        expect.objectContaining({ kind: 'info', info: expect.objectContaining({ status: 'READY' }) }),
      )
    })
    await eventually(() =>
      expect(events).toContainEqual(expect.objectContaining({ kind: 'log', name: 'parrot', text: 'said aloud' })),
    )
    rmSync(folder, { recursive: true })
    await clock.pass(LOOK_EVERY)
    expect(events).toContainEqual({ kind: 'gone', name: 'parrot' })
    expect(host.list()).toEqual([])
    expect(() => host.slot('parrot')).toThrow('There is no contract plugin “parrot”.')
  })

  it('that can’t say yet what it brings is asked again', async () => {
    const clock = new HandClock()
    const { host, drop } = place({ clock })
    drop(`on('get_models', () => { if (!state.up) throw fail(1201, 'Nobody is there.'); return [{ id: 'big' }] })`, {
      contract: 'llm',
    })
    host.start()
    await eventually(() => expect(host.log('parrot').at(-1)?.text).toContain('Nobody is there.'))
    expect(host.lights()[0]).toMatchObject({ status: 'READY', offers: {} })
    await host.slot('parrot').restore({ up: true })
    await clock.pass(LOOK_EVERY)
    await eventually(() => expect(host.lights()[0]!.offers.models).toEqual([{ id: 'big', name: 'big' }]))
  })

  it('that was ill is asked again as soon as it is well', async () => {
    const clock = new HandClock()
    const { host, drop } = place({ clock })
    drop(
      `on('health_check', () => ({ status: state.up ? 'READY' : 'ERROR', message: '' }))
      on('get_models', () => state.up ? [{ id: 'big' }] : [])`,
      { contract: 'llm' },
    )
    host.start()
    await eventually(() => {
      expect(host.lights()[0]!.offers.models).toEqual([])
      expect(host.get('parrot').health).toMatchObject([{ status: 'ERROR' }])
    })
    await host.slot('parrot').restore({ up: true })
    await clock.pass(SUPERVISION.healthEvery)
    await eventually(() => expect(host.lights()[0]!.offers.models).toEqual([{ id: 'big', name: 'big' }]))
  })

  it('that takes long to say what it brings is not asked again meanwhile, however often it is looked at', async () => {
    const clock = new HandClock()
    const { host, drop } = place({ clock })
    drop(
      `let times = 0
      on('get_models', () => { if (++times === 1) throw fail(1201, 'Nobody is there.'); return new Promise(() => {}) })
      on('times', () => times)`,
      { contract: 'llm' },
    )
    host.start()
    const times = () => host.slot('parrot').call('times', {})
    await eventually(() => expect(host.log('parrot').at(-1)?.text).toContain('Nobody is there.'))
    await clock.pass(LOOK_EVERY)
    await eventually(async () => expect(await times()).toBe(2))
    for (let at = 0; at < 5; at++) host.list()
    expect(await times()).toBe(2)
  })

  it('that can’t start says why, and is not tried over and over', async () => {
    const clock = new HandClock()
    const { host, drop } = place({ clock })
    drop(`on('initialize', () => { console.error('tried'); throw fail(-32603, 'There is no model here.') })`)
    host.start()
    await eventually(() => expect(host.get('parrot')).toMatchObject({ status: 'UNLOADED', failure: {} }))
    await clock.pass(10 * LOOK_EVERY)
    expect(host.get('parrot').failure!.message).toContain('There is no model here.')
    expect(host.log('parrot').filter(({ text }) => text === 'tried')).toHaveLength(1)
    expect(host.log('parrot').filter(({ text }) => text.includes('There is no model here.'))).toHaveLength(1)
  })

  it('that lacks packages gets them where that is allowed, and is met then', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'voxloom-contract-packages-'))
    onTestFinished(() => {
      vi.unstubAllEnvs()
      rmSync(folder, { recursive: true, force: true })
    })
    for (const [name, value] of Object.entries(packageIn(folder, 'voxloom-test-package'))) vi.stubEnv(name, value)
    const code = `import voxloom_test_package
from contracts.tts_contract import TTSContract
class Plugin(TTSContract):
    async def synthesize(self, text, voice_id=None): return b''
    async def get_voices(self): return [{'id': f'v{voxloom_test_package.ANSWER}', 'name': 'Voice'}]
    async def initialize(self, config): return True
    async def shutdown(self): return True
    async def health_check(self): return None
`
    const dropped = (options: Partial<ContractHostOptions>) => {
      const { folder: root, host } = place(options)
      const manifest = { dependencies: ['voxloom-test-package==1.0'] }
      pythonPlugin(join(root, 'plugins'), 'snake', { manifest, code })
      host.start()
      return host
    }
    expect(dropped({}).lights()).toMatchObject([{ name: 'snake', need: 'dependencies', status: 'UNLOADED' }])
    const host = dropped({ autoInstall: true })
    await eventually(() => expect(host.lights()[0]!.offers.voices).toMatchObject([{ id: 'v42' }]))
    expect(host.lights()[0]).not.toHaveProperty('need')
    // What runs goes on with what was installed.
    const { pid } = host.get('snake')
    for await (const _ of host.install('snake'));
    expect(host.get('snake').pid).not.toBe(pid)
  }, 120_000)

  it('that lacks settings is not started until it has them', async () => {
    const { host, drop } = place()
    const schema = { type: 'object', properties: { key: { type: 'string', writeOnly: true } }, required: ['key'] }
    drop(VOICES, { manifest: { config_schema: schema } })
    host.start()
    expect(host.lights()).toMatchObject([{ need: 'config', status: 'UNLOADED' }])
    await expect(host.load('parrot')).rejects.toMatchObject({ details: { failure: 'CONFIG_INVALID' } })
    await host.configure('parrot', { key: 'sk-secret' })
    await eventually(() => expect(host.lights()[0]?.offers.voices).toHaveLength(2))
    expect(host.lights()[0]).not.toHaveProperty('need')
  })

  it('with a broken manifest, or with a name that is taken, is a row with the reason', () => {
    const { folder, host, drop } = place({})
    drop('', { manifest: { contract: 7 } })
    drop('', { name: 'owl' })
    drop('', { name: 'owl', parent: join(folder, 'more') })
    const both = openTestContracts(folder, {
      folders: ['plugins', 'more'].map(name => ({ path: join(folder, name), trust: 'local' as const })),
    })
    onTestFinished(() => both.close())
    expect(both.list()).toMatchObject([
      { name: 'owl', folder: join(folder, 'plugins', 'owl') },
      { name: 'owl', problem: expect.stringContaining('Another plugin of this name comes first') },
      { name: 'parrot', problem: expect.stringContaining('contract') },
    ])
    expect(both.lights().map(({ name }) => name)).toEqual(['owl'])
    expect(() => host.slot('parrot')).toThrow('“parrot” can’t be used.')
    expect(() => host.get('parott')).toThrow('Did you mean “parrot”?')
  })
})

describe('settings', () => {
  it('are used by a plugin that runs, which keeps its state', async () => {
    const { host, drop } = place()
    drop(
      `let config
      on('initialize', params => { config = params.config })
      on('count', () => ({ times: (state.times = (state.times ?? 0) + 1), word: config.word }))`,
      {
        contract: 'counting',
        manifest: { config_schema: { type: 'object', properties: { word: { type: 'string', default: 'a' } } } },
      },
    )
    const count = () => host.slot('parrot').call('count', {})
    expect(await count()).toEqual({ times: 1, word: 'a' })
    const { pid } = host.get('parrot')
    expect(await host.configure('parrot', { word: 'b' })).toMatchObject({ values: { word: 'b' }, faults: [] })
    expect(await count()).toEqual({ times: 2, word: 'b' })
    expect(host.get('parrot').pid).not.toBe(pid)
  })

  it('that it can’t work with are kept, and the old process goes on', async () => {
    const { host, drop } = place()
    drop(
      `on('initialize', ({ config }) => { if (config.word === 'bad') throw fail(-32603, 'That word is bad.') })
      on('ping', () => 'pong')`,
      {
        contract: 'counting',
        manifest: { config_schema: { type: 'object', properties: { word: { type: 'string' } } } },
      },
    )
    await host.load('parrot')
    await expect(host.configure('parrot', { word: 'bad' })).rejects.toThrow(/The settings are kept.*That word is bad/s)
    expect(await host.slot('parrot').call('ping', {})).toBe('pong')
    expect(host.config('parrot').values).toEqual({ word: 'bad' })
  })

  it('are not lost while somebody edits the manifest to a ruin', async () => {
    const { host, drop } = place()
    const { folder } = drop(VOICES, {
      manifest: { config_schema: { type: 'object', properties: { key: { type: 'string', writeOnly: true } } } },
    })
    await host.configure('parrot', { key: 'sk-very-secret' })
    const path = join(folder, 'manifest.json')
    const manifest = readFileSync(path, 'utf8')
    writeFileSync(path, manifest.slice(0, -2))
    expect(host.get('parrot').problem).toContain('is not JSON')
    const kept = { secrets: ['key'], set: ['key'], faults: [] }
    expect(host.config('parrot')).toMatchObject(kept)
    expect(await host.configure('parrot', {})).toMatchObject(kept)
    writeFileSync(path, manifest)
    expect(host.config('parrot')).toMatchObject(kept)
  })

  it('have secrets that neither an answer nor a log tells', async () => {
    const { folder, host, drop } = place()
    const events: ContractEvent[] = []
    host.watch(event => events.push(event))
    drop(
      `on('initialize', ({ config }) => { console.error('my key is ' + config.key); state.key = config.key })
      on('tell', () => { throw fail(7, 'The key is ' + state.key + '.', { key: state.key }) })
      on('die', async () => { console.error('again ' + state.key); await wait(50); process.exit(3) })`,
      {
        contract: 'counting',
        manifest: { config_schema: { type: 'object', properties: { key: { type: 'string', format: 'password' } } } },
      },
    )
    const told = await host.configure('parrot', { key: 'sk-very-secret' })
    await host.load('parrot')
    await eventually(() => expect(host.log('parrot').some(({ text }) => text === 'my key is …')).toBe(true))
    const failures = []
    for (const method of ['tell', 'die']) {
      failures.push(
        await host
          .slot('parrot')
          .call(method, {})
          .catch((error: unknown) => errorData(error)),
      )
    }
    expect(failures).toMatchObject([{ message: expect.stringContaining('The key is ….') }, { code: 'engine' }])
    await host.close()
    const shown = [failures, told, host.config('parrot'), host.list(), host.lights(), host.log('parrot'), events]
    const logs = join(folder, 'state', 'logs')
    const files = readdirSync(logs).map(name => readFileSync(join(logs, name), 'utf8'))
    expect(files.join()).toContain('my key is …')
    expect(JSON.stringify([shown, files])).not.toContain('sk-very-secret')
    expect(told).toMatchObject({ secrets: ['key'], set: ['key'], values: {} })
  })

  it('have secrets that a plugin does not tell by its health, its last words, or in parts', async () => {
    const { folder, host, drop } = place()
    const events: ContractEvent[] = []
    host.watch(event => events.push(event))
    const { folder: parrot } = drop(
      `let config
      on('initialize', params => { config = params.config; console.error(config.pem); console.error(config.server.login) })
      on('health_check', () => ({ status: 'READY', message: 'Uses ' + config.pem, details: { with: [config.server.login] } }))
      on('shutdown', () => { console.error('bye ' + config.server.login); return true })`,
      {
        contract: 'counting',
        manifest: {
          config_schema: {
            type: 'object',
            properties: {
              pem: { type: 'string', writeOnly: true },
              server: { type: 'object', properties: { login: { type: 'string', writeOnly: true } } },
            },
          },
        },
      },
    )
    const secrets = { pem: '-----BEGIN-----\nMIIEvQIBADAN\n-----END-----\n', server: { login: 'hunter-two' } }
    await host.configure('parrot', secrets)
    await host.load('parrot')
    await eventually(() => expect(host.get('parrot').health[0]).toMatchObject({ message: 'Uses …' }))
    const shown = [host.list(), host.log('parrot')]
    rmSync(parrot, { recursive: true })
    expect(host.list()).toEqual([])
    await eventually(() => expect(events).toContainEqual(expect.objectContaining({ text: 'bye …' })))
    await host.close()
    const logs = join(folder, 'state', 'logs')
    const files = readdirSync(logs).map(name => readFileSync(join(logs, name), 'utf8'))
    expect(files.join()).toContain('bye …')
    expect(JSON.stringify([shown, files, events])).not.toMatch(/hunter-two|MIIEvQIBADAN/)
  })
})

it('swaps what was edited, and what was edited to a ruin goes on as it was', async () => {
  const { host, drop } = place()
  const { folder } = drop(`on('say', () => 'the first')`, { contract: 'saying' })
  const say = () => host.slot('parrot').call('say', {})
  expect(await say()).toBe('the first')
  const main = join(folder, 'main.mjs')
  const code = readFileSync(main, 'utf8')
  writeFileSync(main, code.replace('the first', 'new'))
  const stale = [expect.stringContaining('Its files have changed since it was started.')]
  expect(host.get('parrot').notes).toEqual(expect.arrayContaining(stale))
  // What runs is the old one still: nothing that it says is known of the new one.
  await host.load('parrot')
  expect(await say()).toBe('the first')
  await host.swap('parrot')
  expect(await say()).toBe('new')
  expect(host.get('parrot').notes).not.toEqual(expect.arrayContaining(stale))
  writeFileSync(main, 'this is no program')
  await expect(host.swap('parrot')).rejects.toMatchObject({ details: { failure: 'SWAP_FAILED' } })
  expect(await say()).toBe('new')
  expect(host.get('parrot').notes).toEqual(expect.arrayContaining(stale))
  const log = host.log('parrot').map(({ text }) => text)
  expect(log.filter(text => /swap/i.test(text))).toEqual([
    expect.stringMatching(/^voxloom: Its files have changed/),
    expect.stringMatching(/^voxloom: swapped: process \d+ goes on$/),
    expect.stringMatching(/^voxloom: Its files have changed/),
    expect.stringMatching(/^voxloom: swap failed: The plugin “parrot” could not be changed for a new one; the old one/),
  ])
})

it('says in the log what ended a process, with its signal or its code, and each reason once', async () => {
  const { host, drop } = place({ rules: { backoff: [60_000, 60_000] } })
  drop(`on('die', () => process.kill(process.pid, 'SIGKILL')); on('leave', () => process.exit(3))`, {
    contract: 'dying',
  })
  const said = () => host.log('parrot').map(({ text }) => text.replace('voxloom: ', ''))
  await host.load('parrot')
  for (const [method, words] of [
    ['die', 'was ended by SIGKILL.'],
    ['leave', 'exited with code 3.'],
  ] as const) {
    const call = host.slot('parrot').call(method, {})
    await expect(call).rejects.toThrow(words)
    await eventually(() => expect(said().at(-1)).toBe(`ERROR: The plugin “parrot” ${words}`))
    await host.load('parrot')
  }
  drop(`throw new Error('No.')`, { name: 'owl' })
  for (const _ of [1, 2]) await expect(host.load('owl')).rejects.toThrow('exited with code 1')
  const reasons = () => host.log('owl').filter(({ text }) => text.includes('exited with code 1'))
  await eventually(() => expect(reasons()).toHaveLength(1))
})

it('says each end in the log, however fast one follows the other', async () => {
  // No time passes: whoever watches is told of all of it at once, later.
  const { host, drop } = place({ clock: new HandClock() })
  drop(`on('leave', ({ code }) => process.exit(code))`, { contract: 'dying' })
  for (const code of [3, 4]) {
    await host.load('parrot')
    await expect(host.slot('parrot').call('leave', { code })).rejects.toThrow(`exited with code ${code}`)
  }
  const said = host.log('parrot').map(({ text }) => text)
  expect(said.filter(text => /READY|ERROR/.test(text))).toEqual([
    'voxloom: READY',
    'voxloom: ERROR: The plugin “parrot” exited with code 3.',
    'voxloom: READY',
    'voxloom: ERROR: The plugin “parrot” exited with code 4.',
  ])
})
