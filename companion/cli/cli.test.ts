import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { runCommand, script } from './testing/command.ts'

// Each test starts whole processes, perhaps on a busy machine.
vi.setConfig({ testTimeout: 120_000 })

let folder: string
let env: Record<string, string | undefined>
const children: ChildProcess[] = []

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'voxloom-cli-'))
  env = {
    ...process.env,
    XDG_CONFIG_HOME: folder,
    XDG_STATE_HOME: folder,
    VOXLOOM_MODELS: join(folder, 'models'),
    NO_COLOR: '1',
  }
})
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

const voxloom = (args: readonly string[], input = '', around = env) =>
  runCommand(args, { env: around, cwd: folder }, input)

describe('the command line', () => {
  it('prints its version and its help on standard output', async () => {
    expect(await voxloom(['--version'])).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
      stderr: '',
    })
    const { code, stdout } = await voxloom(['say', '--help'])
    expect([code, stdout]).toEqual([0, expect.stringContaining('--voice')])
  })

  it('prints help with all words of the command, and no color codes where nobody would see colors', async () => {
    // citty leaves colors out for this variable alone; a pipe must do.
    const { NO_COLOR: _, ...colorful } = env
    const help = await voxloom(['models', 'remove', '--help'], '', { ...colorful, TEST: '', CI: '', TERM: 'xterm' })
    expect([help.code, help.stdout]).toEqual([0, expect.stringContaining('USAGE voxloom models remove [OPTIONS]')])
    expect(help.stdout).not.toContain('\u001b')
    const { code, stderr } = await voxloom(['models'], '', { ...colorful, TEST: '', CI: '', TERM: 'xterm' })
    expect([code, stderr]).toEqual([2, expect.stringContaining('USAGE voxloom models [OPTIONS]')])
    expect(stderr).not.toContain('\u001b')
  })

  it.each([
    [['modls'], 'Did you mean “models”?'],
    [['models', 'pul'], 'Did you mean “pull”?'],
    [['models', 'list', '--jsno'], 'Did you mean “--json”?'],
    [['models', 'list', '--log-level'], 'needs a value'],
    [['models', 'list', '--log-level', 'loud'], '--log-level is “loud”'],
    [['say', 'two', 'words', '-o', 'x.wav'], 'one word too many'],
    [['say'], 'Missing required positional argument: TEXT.'],
    [['say', '', '-o', 'x.wav'], 'There is no text'],
    [['say', ' \0 '.replace('\0', ''), '-o', 'x.wav'], 'There is no text'],
    [['say', 'a', '-o', 'x.wav', '--speed', 'NaN'], '--speed is “NaN”'],
    [['say', 'a', '-o', 'x.wav', '--speed', '2.01'], 'from 0.5 to 2'],
    [['say', 'a', '-o', 'x.wav', '--voice', 'af_heart:0'], 'af_heart:0'],
    [['config', 'set', 'server.port', 'x'], 'server.port is “x”'],
    [['config', 'set', 'speech.voice', 'af_heart:0'], 'af_heart:0'],
    [['config', 'set', 'speech.lang', 'xx'], 'pt-br'],
    [['worker', '--queue', 'http://x'], '--queue is “http://x”'],
    [['worker', '--jobs', '0'], '--jobs is “0”'],
    [['config', 'get', 'server.prot'], 'Did you mean “server.port”?'],
  ])('ends with 2 for %j', async (args, sentence) => {
    const { code, stdout, stderr } = await voxloom(args)
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(sentence)])
  })

  it.each([
    [['say', 'a', '-o', 'x.wav', '--voice', 'af_hart'], 'Did you mean “af_heart”?'],
    [['config', 'set', 'speech.voice', 'af_hart'], 'Did you mean “af_heart”?'],
    [['config', 'set', 'speech.voice', 'nobody'], 'There is no voice “nobody”'],
    [['models', 'pull', 'kokoro'], 'kokoro-82m'],
    [['models', 'pull', 'g2p-en', 'kokoro'], 'kokoro-82m'],
    [['models', 'pull', 'kokoro-82m', '--variant', 'q4'], 'int8, q8'],
    [['phonemes', 'a'], 'voxloom models pull g2p-en'],
    [['say', 'a', '-o', 'x.wav'], 'voxloom models pull'],
    [['-c', 'none.toml', 'models', 'list'], 'none.toml'],
  ])('ends with 3 for %j', async (args, sentence) => {
    const { code, stdout, stderr } = await voxloom(args)
    expect([code, stdout, stderr]).toEqual([3, '', expect.stringContaining(sentence)])
  })

  it('refuses endless input without reading all of it', async () => {
    const { code, stderr } = await voxloom(['say', '-', '-o', 'x.wav'], 'a'.repeat(20_000_000))
    expect([code, stderr]).toEqual([2, expect.stringContaining('longer than 1000000')])
  })

  it('leaves a file alone that is there', async () => {
    writeFileSync(join(folder, 'mine.wav'), 'mine')
    const { code, stderr } = await voxloom(['say', 'a', '-o', 'mine.wav'])
    expect([code, stderr]).toEqual([8, expect.stringContaining('--force')])
    expect(readFileSync(join(folder, 'mine.wav'), 'utf8')).toBe('mine')
  })

  it('lists models as a table and as JSON, options first or last', async () => {
    expect((await voxloom(['models', 'list'])).stdout).toContain('kokoro-82m')
    for (const args of [
      ['--json', 'models', 'list'],
      ['models', 'list', '--json'],
    ]) {
      const { stdout } = await voxloom(args)
      expect(JSON.parse(stdout)).toContainEqual(
        expect.objectContaining({ id: 'kokoro-82m', complete: false, onDisk: 0 }),
      )
    }
  })

  it('says with its code whether files are missing or damaged', async () => {
    expect((await voxloom(['models', 'verify'])).code).toBe(0)
    expect((await voxloom(['models', 'verify', 'g2p-en'])).code).toBe(0)
    mkdirSync(join(folder, 'models', 'g2p-en'), { recursive: true })
    writeFileSync(join(folder, 'models', 'g2p-en', 'us_gold.json'), 'x')
    const { code, stdout } = await voxloom(['models', 'verify', 'g2p-en'])
    expect([code, stdout]).toEqual([6, expect.stringContaining('g2p-en/us_gold.json is damaged')])
    expect((await voxloom(['models', 'remove', 'g2p-en'])).code).toBe(0)
  })

  it('keeps settings in the file, and says where they come from', async () => {
    expect((await voxloom(['config', 'set', 'server.port', '5000'])).code).toBe(0)
    expect((await voxloom(['config', 'get', 'server.port'])).stdout).toBe('5000\n')
    expect(JSON.parse((await voxloom(['config', 'get', 'server.port', '--json'])).stdout)).toEqual({
      key: 'server.port',
      value: 5000,
      source: 'file',
    })
    expect((await voxloom(['config', 'path'])).stdout).toBe(`${join(folder, 'voxloom', 'config.toml')}\n`)
    const other = join(folder, 'other.toml')
    expect((await voxloom(['-c', other, 'config', 'set', 'server.port', '5001'])).code).toBe(0)
    expect(readFileSync(other, 'utf8')).toBe('[server]\nport = 5001\n')
  })
})

describe('serve', () => {
  async function serve(args: readonly string[]) {
    const child = spawn(process.execPath, [script, 'serve', '--json', ...args], { env, cwd: folder })
    children.push(child)
    const exit = new Promise<number | null>(resolve => child.once('exit', resolve))
    const line = await new Promise<string>(resolve => child.stdout.once('data', data => resolve(String(data))))
    return { child, exit, ...(JSON.parse(line) as { address: string; port: number }) }
  }

  it('answers until it is told to stop, and names itself to whoever wants its port', async () => {
    const log = join(folder, 'logs', 'voxloom.log')
    const { child, exit, address, port } = await serve(['--port', '0', '--log-file', log, '--log-level', 'debug'])
    const token = readFileSync(join(folder, 'voxloom', 'token'), 'utf8')
    const status = await fetch(`${address}/status`, { headers: { authorization: `Bearer ${token}` } })
    expect(await status.json()).toMatchObject({
      name: 'voxloom',
      models: expect.arrayContaining([{ id: 'g2p-en', complete: false }]),
    })
    expect((await fetch(`${address}/status?ticket=abc`)).status).toBe(401)
    const second = await voxloom(['serve', '--port', String(port)])
    expect([second.code, second.stderr]).toEqual([
      8,
      expect.stringContaining(`runs already at http://localhost:${port}`),
    ])
    child.kill('SIGTERM')
    expect(await exit).toBe(0)
    await expect(fetch(`${address}/status`)).rejects.toThrow()
    const lines = readFileSync(join(folder, 'logs', 'voxloom.1.log'), 'utf8')
    expect(lines).toContain('"path":"/status"')
    expect(lines).not.toMatch(new RegExp(`abc|${token}`))
  })

  it.each(['SIGINT', 'SIGHUP'] as const)('stops in good order at %s', async signal => {
    const { child, exit } = await serve(['--port', '0'])
    child.kill(signal)
    expect(await exit).toBe(0)
  })
})

describe('Ctrl-C', () => {
  it('ends a command that waits, with 130', async () => {
    const child = spawn(process.execPath, [script, 'say', '-', '-o', 'x.wav', '--log-level', 'debug'], {
      env,
      cwd: folder,
    })
    children.push(child)
    let stderr = ''
    child.stderr.on('data', data => (stderr += data))
    const exit = new Promise<number | null>(resolve => child.once('exit', resolve))
    // More than a pipe holds: when it is gone, the command reads, and listens for signals.
    await new Promise<void>(resolve => child.stdin.write('some text '.repeat(30_000), () => resolve()))
    child.kill('SIGINT')
    const code = await exit
    expect([code, stderr]).toEqual([130, expect.stringContaining('stopped')])
  })
})
