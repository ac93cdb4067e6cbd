import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { contractFixture } from '../core/contracts/testing/fixture.ts'
import { packageIn, pythonPlugin } from '../core/contracts/testing/python-plugin.ts'
import { manifestText } from '../core/install/testing/archives.ts'
import { toPcm16, wavHeader } from '../core/wav.ts'
import { openContractsFixture } from '../daemon/fixture-contracts.ts'
import { notePort } from './companion-port.ts'
import { placeBeside, runCommand } from './testing/command.ts'
import { openContractHome, SCHEMA, VOICE, type ContractHome } from './testing/contract-home.ts'

// Each test starts whole processes, perhaps on a busy machine.
vi.setConfig({ testTimeout: 120_000 })

let home: ContractHome
beforeAll(() => {
  home = openContractHome()
  writeFileSync(inHome('tone.wav'), tone(1))
})
afterAll(() => home.close())

function tone(seconds: number): Buffer {
  const pcm = toPcm16(Float32Array.from({ length: seconds * 44_100 }, (_, at) => Math.sin(at / 20)))
  return Buffer.concat([wavHeader(44_100, pcm.length), pcm])
}

const SNAKE = `import voxloom_test_package
from contracts.tts_contract import TTSContract
class Plugin(TTSContract):
    async def synthesize(self, text, voice_id=None): return b''
    async def get_voices(self): return [{'id': f'v{voxloom_test_package.ANSWER}', 'name': 'Voice'}]
    async def initialize(self, config): return True
    async def shutdown(self): return True
    async def health_check(self): return None
`

const contracts = (...args: string[]) => home.contracts(args)
const given = (input: string, ...args: string[]) => home.contracts(args, input)
const inHome = (file: string) => join(home.folder, file)

describe('contract plugins', () => {
  it('are listed and shown, one that can’t be used with its reason', async () => {
    const { code, stdout, stderr } = await contracts('list')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^PLUGIN +CONTRACT +VERSION +RUNS AS +STATE$/m)
    expect(stdout).toMatch(/^wren +tts +1\.0\.0 +node +unloaded$/m)
    expect(stdout).toMatch(/^odd .*can’t be used$/m)
    expect(stderr).toContain('odd: ')
    const shown = await contracts('show', 'wren')
    expect(shown.stdout).toMatch(/^does +Beeps\.$/m)
    expect(shown.stdout).toMatch(/^synthesize .*--text --voice-id\?/m)
    const info = JSON.parse((await contracts('show', 'wren', '--json')).stdout) as object
    expect(info).toMatchObject({ name: 'wren', contract: 'tts', configSchema: SCHEMA })
    expect(await contracts('show', 'wrenn')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('Did you mean “wren”?'),
    })
  })

  it('are called: sound becomes a file, or goes into a pipe', async () => {
    const said = await contracts('call', 'wren', 'synthesize', '--text', 'Hello.', '-o', 'out.wav')
    expect(said).toMatchObject({ code: 0, stdout: expect.stringMatching(/^out\.wav: audio\/wav, made in /) })
    const file = readFileSync(inHome('out.wav'))
    expect([file.toString('latin1', 0, 4), file.readUInt32LE(24), file.length]).toEqual(['RIFF', 8000, 44 + 12])
    expect(await contracts('call', 'wren', 'synthesize', '--text', 'Hi.', '-o', 'out.wav')).toMatchObject({
      code: 8,
      stderr: expect.stringContaining('--force'),
    })
    const piped = await contracts('call', 'wren', 'synthesize', '--text=-5', '--no-stream')
    expect([piped.code, piped.stdout.slice(0, 4)]).toEqual([0, 'RIFF'])
    const raw = await contracts('call', 'wren', 'synthesize', '--text', 'Hello.', '-o', 'out.pcm', '--json')
    expect(JSON.parse(raw.stdout)).toMatchObject({ output: 'out.pcm', items: 6, mime: expect.stringContaining('pcm') })
    expect(statSync(inHome('out.pcm')).size).toBe(12)
  })

  it('answer in words and JSON as they come, and whole with --json', async () => {
    expect((await contracts('call', 'mind', 'stream_complete', '--prompt', 'one two')).stdout).toBe('one two \n')
    const lines = await contracts('call', 'mind', 'stream_complete', '--prompt', 'one two', '--json', '--stream')
    expect(
      lines.stdout
        .trim()
        .split('\n')
        .map(line => JSON.parse(line) as object),
    ).toMatchObject([
      { item: 'one ' },
      { item: 'two ' },
      { report: { items: 2, command: expect.stringMatching(/^voxloom contracts call mind stream_complete/) } },
    ])
    expect(JSON.parse((await contracts('call', 'wren', 'get_voices')).stdout)).toMatchObject([
      { id: 'one', pitch: 220 },
    ])
    const { stdout } = await contracts('call', 'wren', 'synthesize', '--text', 'Hi', '--json')
    expect(JSON.parse(stdout)).toMatchObject({
      result: {
        encoding: 'base64',
        mime: expect.stringContaining('rate=8000'),
        data: Buffer.from('abab').toString('base64'),
      },
      took: expect.any(Number),
    })
    expect(JSON.parse((await contracts('call', 'wren', 'health_check')).stdout)).toMatchObject({ status: 'READY' })
  })

  it('that print where they should answer are told so', async () => {
    const chatty = { parent: inHome('chatty'), name: 'chatty', contract: 'llm' }
    contractFixture(`on('complete', () => { console.log('Thinking …'); return { text: 'Yes.' } })`, chatty)
    expect(
      await home.run(['contracts', 'call', 'chatty', 'complete', '--prompt', 'a', '--plugins', 'chatty']),
    ).toMatchObject({
      stdout: 'Yes.\n',
      stderr: expect.stringMatching(/^chatty wrote a line that nobody asked for; .*Thinking …\n$/),
    })
  })

  it('take parameters by their types, from options, JSON, files and the input', async () => {
    const complete = ['call', 'mind', 'complete', '--max-tokens', '7', '--stop_sequences', '["a","b"]'] as const
    expect((await given('piped', ...complete, '--prompt', '-')).stdout).toBe('piped 7 a,b\n')
    const chat = JSON.stringify({ messages: [{ role: 'user', content: 'Hey' }] })
    expect((await contracts('call', 'mind', 'chat', '--params', chat)).stdout).toBe('Hey\n')
    // Whatever its rate, plugins hear 16 kHz.
    const heard = await contracts('call', 'ear', 'transcribe', '--audio', 'tone.wav')
    expect(heard.stdout).toMatch(/^audio\/wav RIFF 16000 320\d\d\n$/)
    expect(JSON.parse((await contracts('call', 'mixer', 'mix', '--gain', '0.5', '--name', 'low')).stdout)).toEqual({
      gain: 0.5,
      name: 'low',
    })
  })

  it('say with their code what is wrong', async () => {
    const wrong: readonly (readonly [readonly string[], number, string])[] = [
      [['wren', 'synthesize', '--txt', 'a'], 2, 'Did you mean “--text”?'],
      [['wren', 'synthesise', '--text', 'a'], 3, 'Did you mean “synthesize”?'],
      [['wren', 'synthesize', '--text', 'a', '--voice-id', 'nobody'], 3, 'There is no voice “nobody”'],
      [['wren', 'synthesize', '--text', 'a', '--timeout', '0'], 2, '--timeout is “0”'],
      [
        ['mind', 'complete', '--prompt', 'a', '--max-tokens', '0'],
        2,
        '“max_tokens” is 0, and must be a whole number of',
      ],
      [['mind', 'chat', '--messages', 'hello'], 2, '--messages is “hello”, and takes JSON: a list of at least 1 value'],
      [['odd', 'anything'], 2, 'contract'],
      [['nobody', 'anything'], 3, 'no contract plugin “nobody”'],
      [['wren', 'synthesize', 'two', 'words'], 2, 'too many'],
    ]
    const said = await Promise.all(wrong.map(([args]) => contracts('call', ...args)))
    expect(said).toEqual(
      wrong.map(([, code, sentence]) => ({ code, stdout: '', stderr: expect.stringContaining(sentence) })),
    )
  })

  it('have settings, whose secrets are told nowhere', async () => {
    expect(await contracts('config', 'wren', 'pitch', '440')).toMatchObject({
      code: 0,
      stdout: 'wren: pitch is set. It holds from the plugin’s next start.\n',
    })
    expect((await given('t0p secret\n', 'config', 'wren', 'key', '-')).code).toBe(0)
    const all = await contracts('config', 'wren')
    expect(all.stdout).toMatch(/^pitch +440 +Pitch$/m)
    expect(all.stdout).toMatch(/^key +\(set\)/m)
    const json = await contracts('config', 'wren', '--json')
    expect(JSON.parse(json.stdout)).toMatchObject({
      values: { pitch: 440 },
      secrets: ['key'],
      set: ['key'],
      faults: [],
    })
    expect(all.stdout + json.stdout).not.toContain('t0p')
    // The plugin alone has it.
    const [voice] = JSON.parse((await contracts('call', 'wren', 'get_voices')).stdout) as {
      key: string
      pitch: number
    }[]
    expect(voice).toMatchObject({ pitch: 440, key: 't0p secret' })
    const wrong = [
      ['pitch', '501', 'pitch', 2],
      ['pitch', 'high', '“pitch” is “high”, and must be a whole number from 50 to 500.', 2],
      ['pich', '1', 'Did you mean “pitch”?', 3],
    ] as const
    expect(await Promise.all(wrong.map(([key, value]) => contracts('config', 'wren', key, value)))).toMatchObject(
      wrong.map(([, , sentence, code]) => ({ code, stderr: expect.stringContaining(sentence) })),
    )
    await contracts('config', 'wren', 'key', '--unset')
    const left = await contracts('config', 'wren', 'pitch', '--unset', '--json')
    expect(JSON.parse(left.stdout)).toMatchObject({ values: {}, set: [] })
    expect((await contracts('config', 'wren', 'pitch')).stdout).toBe('220\n')
  })

  it('need no packages where they are none of Python', async () => {
    expect((await contracts('install', 'wren')).stdout).toBe('wren: needs no packages\n')
  })

  it('keep their state in a file, also without a companion', async () => {
    expect(await contracts('capture', 'wren', 'state.json')).toMatchObject({ code: 0 })
    expect(JSON.parse(readFileSync(inHome('state.json'), 'utf8'))).toMatchObject({ said: 0 })
    const restored = await contracts('restore', 'wren', 'state.json')
    expect(restored).toMatchObject({ code: 0, stderr: expect.stringContaining('a process of its own') })
    writeFileSync(inHome('broken.json'), '{')
    expect(await contracts('restore', 'wren', 'broken.json')).toMatchObject({ code: 2 })
    expect(await contracts('swap', 'wren')).toMatchObject({ code: 0, stdout: 'wren 1.0.0: swapped\n' })
  })
})

describe('the rules', () => {
  it('are tried on folders and names, of either kind of plugin, with one report', async () => {
    // Its program is cut short: whatever keeps a contract can't be started.
    writeFileSync(join(home.folder, 'plugins', 'mixer', 'main.mjs'), 'process.exit(3)')
    const both = inHome('both')
    mkdirSync(both)
    writeFileSync(join(both, 'plugin.toml'), '')
    writeFileSync(join(both, 'manifest.json'), '{')
    const ran = await home.run(['plugins', 'test', 'both', 'plugins/mixer', '--json', '--junit', 'report.xml'])
    expect(ran.code).toBe(1)
    const found = JSON.parse(ran.stdout) as Record<string, { id: string; verdict: string; document: string }[]>
    expect(Object.keys(found)).toEqual(['both', 'contracts/both', 'contracts/mixer'])
    expect(found['both']).toMatchObject([{ id: 'manifest', document: 'docs/plugin-protocol.md' }])
    expect(found['contracts/both']).toMatchObject([{ id: 'manifest', document: 'docs/contract-plugins.md' }])
    expect(found['contracts/mixer']![0]).toMatchObject({ id: 'initialize', verdict: 'failed' })
    expect(readFileSync(inHome('report.xml'), 'utf8')).toContain('docs/contract-plugins.md, 4')
    const named = await contracts('test', 'mixer')
    expect([named.code, named.stdout]).toEqual([1, expect.stringMatching(/^contracts\/mixer\n {2}✗ gets ready/)])
    expect(await contracts('test', 'mixr')).toMatchObject({ code: 3, stderr: expect.stringContaining('“mixer”') })
  })
})

describe('programs that come as source', () => {
  it('are built by name, or all of either kind at once', async () => {
    const making = (name: string) => [process.execPath, '-e', `fs.writeFileSync('${name}', '', { mode: 0o755 })`]
    const bare = { contract: 'tts', entry_point: 'speak' }
    const parent = inHome('sources')
    const { folder } = contractFixture('', { parent, name: 'maker', manifest: { ...bare, build: making('speak') } })
    const mkFrame = join(parent, 'framer')
    mkdirSync(mkFrame)
    const build = JSON.stringify(making('made'))
    writeFileSync(join(mkFrame, 'plugin.toml'), `${manifestText('framer', '1.0.0')}build = ${build}\n`)
    const run = (...args: string[]) => home.run([...args, '--plugins', 'sources', '--json'])
    expect(await run('contracts', 'call', 'maker', 'get_voices')).toMatchObject({
      stderr: expect.stringMatching(/no speak and no speak\.py .*voxloom contracts build maker/),
    })
    expect(await run('contracts', 'build', 'makr')).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('“maker”'),
    })
    expect(JSON.parse((await run('contracts', 'build', 'maker')).stdout)).toEqual(['maker'])
    expect(existsSync(join(folder, 'speak'))).toBe(true)
    expect(JSON.parse((await run('plugins', 'build', 'maker', 'framer')).stdout)).toEqual(['framer', 'maker'])
    expect(readdirSync(mkFrame)).toContain('made')
  })
})

describe('a companion that runs', () => {
  it('shows what its plugins say of themselves, with the worst first', async () => {
    const fixture = await openContractsFixture()
    try {
      const says = (name: string, health: object) =>
        fixture.drop(name, `on('health_check', () => (${JSON.stringify(health)}))`)
      says('crow', { status: 'ERROR', message: 'The card is gone.' })
      says('dove', { status: 'ERROR', message: 'Start the server.', details: { need: 'server' } })
      says('finch', { status: 'READY' })
      for (const name of ['crow', 'dove', 'finch']) await fixture.contractHost.load(name)
      await vi.waitFor(() => expect(fixture.contractHost.list().every(({ health }) => health.length > 0)).toBe(true))
      const place = placeBeside(fixture)
      const { stdout, stderr } = await runCommand(['contracts', 'list'], place)
      expect(stdout).toMatch(/^crow .* error$/m)
      expect(stdout).toMatch(/^dove .* needs a server$/m)
      expect(stdout).toMatch(/^finch .* ready$/m)
      expect(stderr).toBe('crow: The card is gone.\ndove: Start the server.\n')
      const shown = await runCommand(['contracts', 'show', 'dove'], place)
      expect(shown.stdout).toMatch(/^state +needs a server$/m)
      expect(shown.stdout).toMatch(/^health +Start the server\./m)
    } finally {
      await fixture.close()
    }
  })

  it('installs packages itself, tells how far it is, and goes on with them without a restart', async () => {
    const wheels = mkdtempSync(join(tmpdir(), 'voxloom-wheels-'))
    for (const [key, value] of Object.entries(packageIn(wheels, 'voxloom-test-package'))) vi.stubEnv(key, value)
    const fixture = await openContractsFixture()
    try {
      const manifest = { dependencies: ['voxloom-test-package==1.0'] }
      pythonPlugin(join(fixture.folder, 'plugins'), 'snake', { manifest, code: SNAKE })
      const place = placeBeside(fixture)
      const address = `http://localhost:${fixture.port}`
      const install = (...more: string[]) => runCommand(['contracts', 'install', 'snake', ...more], place)
      expect(await install()).toMatchObject({
        code: 0,
        stdout: 'snake: voxloom-test-package==1.0\n',
        stderr: expect.stringMatching(
          new RegExp(
            `voxloom-test-package \\(\\d+ of \\d+\\)[^]*The companion at ${address} starts it with them\\.\\n$`,
          ),
        ),
      })
      const { pid } = await fixture.contractHost.load('snake')
      // It is as it was at the start of its process, and a new one takes over.
      const again = await install('--json')
      expect(JSON.parse(again.stdout)).toEqual({ plugin: 'snake', packages: ['voxloom-test-package==1.0'] })
      expect(again.stderr).toBe(`The companion at ${address} works with them now.\n`)
      expect(fixture.contractHost.get('snake').pid).not.toBe(pid)
      expect(await runCommand(['contracts', 'install', 'snaek'], place)).toMatchObject({
        code: 3,
        stderr: expect.stringContaining('Did you mean “snake”?'),
      })
      pythonPlugin(join(fixture.folder, 'plugins'), 'newt', { manifest: { dependencies: ['voxloom-nowhere==1'] } })
      expect(await runCommand(['contracts', 'install', 'newt'], place)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('The packages of “newt” could not be installed'),
      })
    } finally {
      vi.unstubAllEnvs()
      await fixture.close()
      rmSync(wheels, { recursive: true, force: true })
    }
  })

  it('is asked: its plugin is swapped, and its state comes and goes', async () => {
    const fixture = await openContractsFixture()
    try {
      fixture.drop('wren', VOICE, { manifest: { config_schema: SCHEMA } })
      const place = placeBeside(fixture)
      const ask = (...args: string[]) => runCommand(['contracts', ...args], place)
      const call = async () =>
        fixture.send('POST', '/contracts/wren/call', {
          headers: { ...fixture.bearer, 'content-type': 'application/json' },
          body: JSON.stringify({ method: 'synthesize', params: { text: 'a' } }),
        })
      await call()
      expect((await ask('list')).stdout).toMatch(/^wren .*ready$/m)
      expect(await ask('capture', 'wren', 'state.json')).toMatchObject({ code: 0, stderr: '' })
      expect(JSON.parse(readFileSync(join(place.cwd, 'state.json'), 'utf8'))).toMatchObject({ said: 1 })
      await call()
      expect(await ask('restore', 'wren', 'state.json')).toMatchObject({ code: 0 })
      expect(await ask('swap', 'wren')).toMatchObject({ code: 0, stdout: 'wren 1.0.0: swapped\n' })
      expect(await ask('capture', 'wren', '-')).toMatchObject({ stdout: expect.stringContaining('"said":1') })
      const { pid } = fixture.contractHost.get('wren')
      const set = await ask('config', 'wren', 'pitch', '333')
      const address = `http://localhost:${fixture.port}`
      expect(set.stdout).toBe(`wren: pitch is set. The companion at ${address} works with it now.\n`)
      expect(fixture.contractHost.get('wren').pid).not.toBe(pid)
      expect((await ask('config', 'wren', 'pitch')).stdout).toBe('333\n')
      expect(readdirSync(place.cwd)).toContain('state.json')

      // On a port that nobody set up it is found by what it noted, or by --port.
      const lost = { ...place, env: { ...place.env, VOXLOOM_PORT: '1' } }
      const named = ['contracts', 'swap', 'wren', '--port', String(fixture.port)]
      expect(await runCommand(named, lost)).toMatchObject({ code: 0, stderr: '' })
      expect(await runCommand([...named, '--plugins', '.'], lost)).toMatchObject({ code: 2 })
      expect(await runCommand(['contracts', 'swap', 'wren', '--port', '1'], lost)).toMatchObject({
        code: 5,
        stderr: expect.stringContaining('No companion of yours answers at http://localhost:1.'),
      })
      expect((await runCommand(['contracts', 'show', 'wren'], lost)).code).toBe(3)
      notePort(join(fixture.folder, 'state'), fixture.port)
      expect((await runCommand(['contracts', 'show', 'wren'], lost)).stdout).toMatch(/^state +ready$/m)
    } finally {
      await fixture.close()
    }
  })
})
