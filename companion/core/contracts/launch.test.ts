import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import type { Confinement } from '../sandbox/rules.ts'
import { workingBubblewrap } from '../sandbox/probe.ts'
import { NO_LIMITS } from '../sandbox/rules.ts'
import { scratch } from '../testing/plugins.ts'
import { ConfigStore } from './config-store.ts'
import { readContract, type FoundContract } from './discovery.ts'
import { Environments } from './environments.ts'
import { launchOf, needOf, type LaunchPlace } from './launch.ts'
import { openSlot } from './slot/slot.ts'
import { contractFixture } from './testing/fixture.ts'
import { packageSource, pythonPlugin } from './testing/python-plugin.ts'

afterEach(() => vi.unstubAllEnvs())

const never = new AbortController().signal
function placeIn(root: string, interpreter?: string): LaunchPlace {
  return {
    environments: new Environments({
      folder: join(root, 'environments'),
      ...(interpreter !== undefined && { interpreter }),
    }),
    config: new ConfigStore(join(root, 'state')),
    models: join(root, 'models'),
    dataFolder: join(root, 'data'),
  }
}
const launch = (found: FoundContract, place: LaunchPlace) => launchOf(found, place, never)

/** One call of a plugin that is started as its host would start it. */
async function call(found: FoundContract, place: LaunchPlace, method: string, params = {}): Promise<unknown> {
  const { name, manifest } = found
  const slot = openSlot({
    name,
    contract: manifest!.contract,
    version: manifest!.version,
    methods: [],
    launch: signal => launchOf(found, place, signal),
  })
  onTestFinished(() => slot.close())
  return slot.call(method, params)
}

describe('what a plugin needs before it can start', () => {
  it('is nothing, for one of Node', async () => {
    const found = readContract(contractFixture(`on('ask', () => process.argv0)`).folder)
    const place = placeIn(scratch())
    expect(needOf(found, place)).toBeUndefined()
    const { command, config, dataFolder, initializeTimeout, callTimeout } = await launch(found, place)
    expect(command).toMatchObject({ program: process.execPath, folder: found.folder })
    expect({ config, initializeTimeout, callTimeout }).toEqual({
      config: {},
      initializeTimeout: 30_000,
      callTimeout: 120_000,
    })
    expect(dataFolder).toBe(join(place.dataFolder, 'contracts', 'fixture'))
    expect(existsSync(dataFolder)).toBe(true)
  })

  it('is a build', async () => {
    const build = { entry_point: 'target/voice', build: ['cargo', 'build', '--release'] }
    const found = readContract(contractFixture('', { name: 'voice', manifest: build }).folder)
    const place = placeIn(scratch())
    expect(needOf(found, place)).toBe('build')
    await expect(launch(found, place)).rejects.toMatchObject({
      message: `“voice” is not built yet: there is no target/voice. Run “voxloom contracts build voice”, or in ${found.folder}: cargo build --release`,
      details: { failure: 'BUILD_MISSING', plugin: 'voice' },
    })
  })

  it('is an interpreter', async () => {
    const perl = { interpreter: ['no-such-perl', '-w'], entry_point: 'main.mjs' }
    const found = readContract(contractFixture('', { manifest: perl }).folder)
    const place = placeIn(scratch())
    expect(needOf(found, place)).toBe('interpreter')
    await expect(launch(found, place)).rejects.toMatchObject({ details: { failure: 'INTERPRETER_MISSING' } })
    const tools = scratch()
    writeFileSync(join(tools, 'no-such-perl'), '', { mode: 0o755 })
    vi.stubEnv('PATH', tools)
    expect(needOf(found, place)).toBeUndefined()
    expect((await launch(found, place)).command).toMatchObject({
      program: join(tools, 'no-such-perl'),
      args: ['-w', join(found.folder, 'main.mjs')],
    })
  })

  it('is a Python', async () => {
    const found = readContract(pythonPlugin(scratch(), 'voice'))
    const place = placeIn(scratch(), '/nowhere/python3')
    expect(needOf(found, place)).toBe('interpreter')
    await expect(launch(found, place)).rejects.toMatchObject({ details: { failure: 'INTERPRETER_MISSING' } })
  })

  it('is packages', async () => {
    const found = readContract(pythonPlugin(scratch(), 'voice', { manifest: { dependencies: ['numpy'] } }))
    const place = placeIn(scratch())
    expect(needOf(found, place)).toBe('dependencies')
    await expect(launch(found, place)).rejects.toMatchObject({ details: { failure: 'DEPENDENCIES_MISSING' } })
  })

  it('is settings, and with them they are in its launch', async () => {
    const schema = { properties: { key: { type: 'string', writeOnly: true }, n: { default: 3 } }, required: ['key'] }
    const found = readContract(contractFixture('', { manifest: { config_schema: schema } }).folder)
    const place = placeIn(scratch())
    expect(needOf(found, place)).toBe('config')
    await expect(launch(found, place)).rejects.toMatchObject({ details: { failure: 'CONFIG_INVALID' } })
    await place.config.keep(found, { key: 'sk-1' })
    expect(needOf(found, place)).toBeUndefined()
    const { config, command } = await launch(found, place)
    expect(config).toEqual({ key: 'sk-1', n: 3 })
    // Whoever lists processes sees the rest.
    expect(JSON.stringify(command)).not.toContain('sk-1')
  })

  it('is not asked of one with a problem', async () => {
    const found = readContract(contractFixture('', { manifest: { entry_point: 7 } }).folder)
    expect(needOf(found, placeIn(scratch()))).toBeUndefined()
    await expect(launch(found, placeIn(scratch()))).rejects.toThrow(/“fixture” can’t be used\. .*“entry_point” is 7/)
  })
})

describe('a plugin that is started', () => {
  it('sees the variables that it has declared, and no others', async () => {
    vi.stubEnv('VOXLOOM_TEST_TOLD', 'told')
    vi.stubEnv('VOXLOOM_TEST_SECRET', 'secret')
    const fixture = contractFixture(
      `on('ask', () => [process.env.VOXLOOM_MODELS, process.env.VOXLOOM_TEST_TOLD, process.env.VOXLOOM_TEST_SECRET ?? null])`,
      {
        contract: 'weather',
        manifest: { env: ['VOXLOOM_MODELS', 'VOXLOOM_TEST_TOLD'] },
      },
    )
    const place = placeIn(scratch())
    expect(await call(readContract(fixture.folder), place, 'ask')).toEqual([place.models, 'told', null])
  })

  it('may be a program of any language', async () => {
    const fixture = contractFixture(`on('ask', () => process.argv[1])`, {
      contract: 'weather',
      manifest: { entry_point: 'run' },
    })
    const program = join(fixture.folder, 'run')
    writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" "${join(fixture.folder, 'main.mjs')}"\n`)
    chmodSync(program, 0o755)
    expect(await call(readContract(fixture.folder), placeIn(scratch()), 'ask')).toBe(join(fixture.folder, 'main.mjs'))
  })
})

const ASKING = `
import helper
from contracts.base import HealthStatus, PluginStatus
from contracts.tts_contract import TTSContract
try:
    import voxloom_test_package
    answer = voxloom_test_package.ANSWER
except ImportError:
    answer = None

class Voice(TTSContract):
    async def initialize(self, config):
        return True
    async def shutdown(self):
        pass
    async def health_check(self):
        return HealthStatus(PluginStatus.READY, "Fine.")
    async def synthesize(self, text, voice_id=None):
        return b""
    async def get_voices(self):
        return []
    async def get_voice_info(self, voice_id):
        paths = voice_id.split("|")
        def tried(path):
            try:
                with open(path, "w") as file:
                    file.write("x")
                return "written"
            except OSError:
                return "refused"
        return {"helper": helper.NAME, "answer": answer, "written": [tried(path) for path in paths]}
`
const files = { 'helper.py': 'NAME = "helper"\n' }

describe('a Python plugin', () => {
  it('is run by the SDK, and its own files stand in nobody’s way', async () => {
    const shadow = { 'types.py': 'raise ImportError("not this one")\n', 'contracts/__init__.py': '' }
    const found = readContract(pythonPlugin(scratch(), 'voice', { code: ASKING, files: { ...files, ...shadow } }))
    const told = await call(found, placeIn(scratch()), 'get_voice_info', { voice_id: '' })
    expect(told).toEqual({ helper: 'helper', answer: null, written: ['refused'] })
    expect(existsSync(join(found.folder, '__pycache__'))).toBe(false)
  })

  it('in a sandbox sees its packages, and writes into its data alone', async () => {
    vi.stubEnv('PIP_NO_INDEX', '1')
    vi.stubEnv('UV_NO_INDEX', '1')
    const root = scratch()
    const place = placeIn(root)
    const others = join(root, 'environments', 'other-0123456789ab')
    mkdirSync(others, { recursive: true })
    // What builds packages is confined as well: it runs before the plugin does.
    const planting = `
for place in [${JSON.stringify(others)}, ${JSON.stringify(root)}]:
    try:
        open(place + "/planted", "w").close()
    except OSError:
        pass
`
    const source = packageSource('voxloom-test-package', planting)
    const parts = { code: ASKING, files: { ...files, ...source, 'requirements.txt': './package\n' } }
    const folder = pythonPlugin(root, 'voice', parts)
    const confinement: Confinement = { sandbox: true, limits: NO_LIMITS }
    const found = { ...readContract(folder), confinement }
    for await (const _ of place.environments.install(found)) continue
    const isConfined = workingBubblewrap() !== undefined
    for (const path of [others, root]) expect(existsSync(join(path, 'planted'))).toBe(!isConfined)
    const data = join(place.dataFolder, 'contracts', 'voice', 'kept')
    const secret = join(homedir(), `.voxloom-test-${process.pid}`)
    onTestFinished(() => process.getBuiltinModule('node:fs').rmSync(secret, { force: true }))
    mkdirSync(place.models, { recursive: true })
    const own = join(found.folder, 'new')
    const paths = [data, own, join(place.models, 'new'), secret]
    const told = await call(found, place, 'get_voice_info', { voice_id: paths.join('|') })
    const refused = isConfined ? 'refused' : 'written'
    expect(told).toEqual({ helper: 'helper', answer: 42, written: ['written', refused, refused, refused] })
    expect(readFileSync(data, 'utf8')).toBe('x')
  }, 120_000)
})
