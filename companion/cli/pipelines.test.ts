import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { COPY, fixture, isRunning, type FixtureOptions } from '../core/testing/plugins.ts'
import { fileOutput } from './output-file.ts'
import { runCommand, script } from './testing/command.ts'

// Each test starts whole processes, perhaps on a busy machine.
vi.setConfig({ testTimeout: 120_000 })

let home: string
let folder: string
const children: ChildProcess[] = []

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'voxloom-run-'))
})
beforeEach(() => {
  folder = mkdtempSync(join(home, 'test-'))
  for (const path of [home, folder]) chmodSync(path, 0o755)
  writeFileSync(join(folder, 'in.txt'), 'hello')
})
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(home, { recursive: true, force: true })
})

const env = (place = home) => ({
  ...process.env,
  XDG_CONFIG_HOME: place,
  XDG_STATE_HOME: place,
  XDG_CACHE_HOME: place,
  XDG_DATA_HOME: place,
  VOXLOOM_MODELS: join(home, 'models'),
  NO_COLOR: '1',
})

const UPPER = 'for (let f; (f = readFrame());) writeFrame(f.toString().toUpperCase())'

/** A `.cr` of fixture plugins in a row. @returns the arguments that run it */
function pipeline(...plugins: readonly (readonly [code: string, options?: FixtureOptions])[]): string[] {
  const found = plugins.map(([code, options], at) => fixture(code, { name: `step${at + 1}`, ...options }))
  const nodes = found.map(({ id }) => `[[nodes]]\nid = "${id}"\nplugin = "${id}"\n`)
  writeFileSync(join(folder, 'p.cr'), `name = "test"\n${nodes.join('')}`)
  return ['run', 'p.cr', ...found.flatMap(plugin => ['--plugins', plugin.folder])]
}

/** Another user has folders of its own. */
const voxloom = (args: readonly string[], { input = '', uid }: { input?: string; uid?: number } = {}) =>
  uid === undefined
    ? runCommand(args, { env: env(), cwd: folder }, input)
    : runCommand(args, { env: env(join(folder, 'nowhere')), cwd: folder, uid }, input)

function start(args: readonly string[]) {
  const child = spawn(process.execPath, [script, ...args], { env: env(), cwd: folder })
  children.push(child)
  let stderr = ''
  child.stderr.on('data', data => (stderr += data))
  return { child, gone: once(child, 'exit'), stderr: () => stderr }
}

const read = (name: string) => readFileSync(join(folder, name), 'utf8')
const files = () => readdirSync(folder).filter(name => !['p.cr', 'in.txt'].includes(name))

describe('run', () => {
  it('converts a file into a file, and tells what it did', async () => {
    const { code, stdout, stderr } = await voxloom([...pipeline([UPPER], [COPY]), 'in.txt', '--output', 'out.txt'])
    expect([code, stdout, stderr]).toEqual([0, expect.stringMatching(/^out\.txt: 5 bytes of text\/plain in /), ''])
    expect(read('out.txt')).toBe('HELLO')
    expect(files()).toEqual(['out.txt'])
  })

  it('streams from the input to the output: the first bytes come before the input has ended', async () => {
    const { child, gone } = start([...pipeline([UPPER], [COPY]), '-'])
    child.stdin.write('first ')
    const [piece] = (await once(child.stdout, 'data')) as [Buffer]
    expect(String(piece)).toBe('FIRST ')
    let rest = ''
    child.stdout.on('data', data => (rest += data))
    child.stdin.end('last')
    expect((await gone)[0]).toBe(0)
    expect(rest).toBe('LAST')
  })

  it('waits for whoever reads its output slowly', async () => {
    writeFileSync(join(folder, 'in.txt'), 'x'.repeat(3_000_000))
    const { child, gone } = start([...pipeline([COPY]), 'in.txt', '--no-verify'])
    await wait(2500)
    let bytes = 0
    child.stdout.on('data', (data: Buffer) => (bytes += data.length))
    const [code] = (await gone) as [number]
    expect([code, bytes]).toEqual([0, 3_000_000])
  })

  it('ends everything when whoever reads has had enough, and calls that no failure', async () => {
    const pids = join(folder, 'pids')
    const endless = `
      const { writeFileSync } = await import('node:fs')
      process.on('SIGTERM', () => {})
      writeFileSync(${JSON.stringify(pids)}, String(process.pid))
      for (;;) { writeFrame('x'.repeat(10000)); sleep(1) }`
    const { child, gone, stderr } = start([...pipeline([endless]), 'in.txt', '--no-verify'])
    await once(child.stdout, 'data')
    child.stdout.destroy()
    expect([(await gone)[0], stderr()]).toEqual([0, ''])
    expect(isRunning(Number(read('pids')))).toBe(false)
  })

  it('leaves a file alone that is there, unless it is told to replace it', async () => {
    writeFileSync(join(folder, 'out.txt'), 'mine')
    const args = [...pipeline([UPPER]), 'in.txt', '-o', 'out.txt']
    const { code, stderr } = await voxloom(args)
    expect([code, stderr]).toEqual([8, expect.stringContaining('--force')])
    expect(read('out.txt')).toBe('mine')
    expect((await voxloom([...args, '--force'])).code).toBe(0)
    expect(read('out.txt')).toBe('HELLO')
  })

  it.each([
    [['none.txt', '-o', 'x'], 3, 'There is no none.txt'],
    [['.', '-o', 'x'], 2, 'is a folder'],
    [['empty.txt', '-o', 'x'], 2, 'is empty'],
    [['in.txt', '-o', 'no/such/x'], 3, 'The folder of no/such/x does not exist'],
    [['in.txt', '-o', '.'], 2, 'is a folder'],
    [['in.txt', '-o', 'x', '--type', 'nonsense'], 2, 'is not a media type'],
    [['in.txt', '-o', 'x', '--type', 'audio/mpeg'], 2, 'reads text/plain, and the input is audio/mpeg'],
    [['in.txt', '-o', 'x', '--plugins', 'nowhere'], 3, 'There is no folder nowhere'],
    [['in.txt', '-o', 'x', '--verfy'], 2, 'There is no option'],
    [['in.txt', '-o', '/dev/full'], 7, 'There is no room left to write /dev/full'],
  ])('ends for %j with %d', async (args, expected, words) => {
    writeFileSync(join(folder, 'empty.txt'), '')
    const { code, stdout, stderr } = await voxloom([...pipeline([COPY]), ...args, '--no-verify'])
    expect([code, stdout, stderr]).toEqual([expected, '', expect.stringContaining(words)])
    expect(files()).toEqual(['empty.txt'])
  })

  it.each([
    ['none.cr', undefined, 3, 'There is no none.cr'],
    ['bad.cr', 'name = ', 2, 'bad.cr can’t be read: line 1'],
    ['bad.cr', Buffer.from([0xff, 0xfe]), 2, 'is not UTF-8'],
    ['bad.cr', 'name = "a"\n[[nodes]]\nid = "a"\nplugin = "kokoro-tss"\n', 3, 'Did you mean “kokoro-tts”?'],
    ['.', undefined, 2, 'folder'],
  ])('ends for the pipeline %s %j with %d', async (name, content, expected, words) => {
    if (content !== undefined) writeFileSync(join(folder, name), content)
    const { code, stderr } = await voxloom(['run', name, 'in.txt', '-o', 'x'])
    expect([code, stderr]).toEqual([expected, expect.stringContaining(words)])
  })

  it.skipIf(process.platform === 'win32')('says that a file may not be read or written', async () => {
    // Root may do everything: somebody else runs the command then.
    const uid = process.getuid!() === 0 ? 65_534 : process.getuid!()
    // A checkout that only root may read has nobody to try it with.
    if ((await voxloom(['--version'], { uid })).code !== 0) return
    const run = pipeline([COPY])
    for (const path of run.filter(arg => arg.startsWith('/'))) chmodSync(dirname(path), 0o755)
    chmodSync(join(folder, 'in.txt'), 0)
    const unread = await voxloom([...run, 'in.txt', '-o', '-', '--no-verify'], { uid })
    expect([unread.code, unread.stderr]).toEqual([
      4,
      'voxloom: This account may not read in.txt. Change its permissions and try again.\n',
    ])
    chmodSync(join(folder, 'in.txt'), 0o644)
    chmodSync(folder, 0o555)
    const unwritten = await voxloom([...run, 'in.txt', '-o', 'out.txt', '--no-verify'], { uid })
    expect([unwritten.code, unwritten.stderr]).toEqual([4, expect.stringContaining('may not write out.txt')])
    chmodSync(folder, 0o755)
  })

  it('keeps what a failing plugin made as .part, and says so', async () => {
    const breaks = `writeFrame('half'); readFrame(); fail({ code: 'NO_VOICE', message: 'There is no voice.' }); process.exit(1)`
    const run = [...pipeline([breaks]), 'in.txt', '-o', 'out.txt', '--no-verify']
    const { code, stderr } = await voxloom(run)
    expect(code).toBe(1)
    expect(stderr).toBe(
      'voxloom: The plugin “step1” reports: There is no voice. What was made so far is kept as out.txt.part.\n',
    )
    expect([files(), read('out.txt.part')]).toEqual([['out.txt.part'], 'half'])
  })

  it('leaves nothing where nothing was made', async () => {
    const { code, stderr } = await voxloom([...pipeline(['process.exit(3)']), 'in.txt', '-o', 'out.txt', '--no-verify'])
    expect([code, stderr]).toEqual([1, expect.not.stringContaining('kept')])
    expect(files()).toEqual([])
  })

  it('tries plugins before it uses them, and not again', async () => {
    const starts = join(folder, 'starts')
    const counts = (code: string) => `
      const { appendFileSync } = await import('node:fs')
      appendFileSync(${JSON.stringify(starts)}, 'x')
      ${code}`
    const run = [...pipeline([counts(COPY)]), 'in.txt', '-o', '-']
    expect((await voxloom(run)).stdout).toBe('hello')
    expect(read('starts')).toBe('xx')
    expect((await voxloom(run)).code).toBe(0)
    expect(read('starts')).toBe('xxx')
    const broken = [...pipeline([counts(`writeFrame(Buffer.of(0xff))`)]), 'in.txt', '-o', '-']
    const { code, stdout, stderr } = await voxloom(broken)
    expect([code, stdout, stderr]).toEqual([1, '', expect.stringContaining('did not pass its check')])
    expect((await voxloom([...broken, '--no-verify'])).code).toBe(0)
  })

  it('takes the type of the input from --type, or else from its name', async () => {
    const says = `readFrame(); writeFrame(handshake.input_type)`
    const manifest = { input: '["text/plain", "text/markdown"]' }
    writeFileSync(join(folder, 'in.md'), '# hello')
    const run = [...pipeline([says, { manifest }]), '--no-verify', '-o', '-']
    expect((await voxloom([...run, 'in.md'])).stdout).toBe('text/markdown')
    expect((await voxloom([...run, 'in.txt'])).stdout).toBe('text/plain')
    expect((await voxloom([...run, 'in.txt', '--type', 'Text/Markdown'])).stdout).toBe('text/markdown')
    expect((await voxloom([...run, '-'], { input: 'x' })).stdout).toBe('text/plain')
  })

  it('prints with --json what it did, on the error stream when the output is a pipe', async () => {
    const warns = `fail({ code: 'ODD', message: 'Odd.', fatal: false });${COPY}`
    const run = [...pipeline([warns]), 'in.txt', '--json', '--no-verify', '-o']
    const expected = {
      type: 'text/plain',
      bytes: 5,
      took: expect.any(Number),
      nodes: [{ id: 'step1', plugin: 'step1', bytesIn: 5, bytesOut: 5 }],
      warnings: [{ node: 'step1', code: 'ODD', message: 'Odd.' }],
    }
    const file = await voxloom([...run, 'out.txt'])
    expect([JSON.parse(file.stdout), file.stderr]).toEqual([{ output: 'out.txt', ...expected }, ''])
    const pipe = await voxloom([...run, '-'])
    expect([pipe.stdout, JSON.parse(pipe.stderr)]).toEqual(['hello', { output: '-', ...expected }])
  })
})

describe('Ctrl-C', () => {
  it('ends every program of the row and theirs, keeps what was made, and ends with 130', async () => {
    const stubborn = `
      process.on('SIGTERM', () => {})
      const { spawn } = await import('node:child_process')
      const { writeFileSync } = await import('node:fs')
      const child = spawn('sleep', ['300'], { stdio: 'ignore' })
      writeFileSync(${JSON.stringify(join(folder, 'pids'))}, process.pid + ' ' + child.pid)
      writeFrame('half')
      setInterval(() => {}, 1000)`
    const { child, gone, stderr } = start([...pipeline([COPY], [stubborn]), '-', '-o', 'out.txt', '--no-verify'])
    child.stdin.write('x')
    await vi.waitFor(() => expect(read('out.txt.part')).toBe('half'), { timeout: 60_000 })
    child.kill('SIGINT')
    expect((await gone)[0]).toBe(130)
    expect(stderr()).toContain('What was made so far is kept as out.txt.part.')
    expect(read('pids').split(' ').map(Number).filter(isRunning)).toEqual([])
    expect([existsSync(join(folder, 'out.txt')), read('out.txt.part')]).toEqual([false, 'half'])
    expect(readdirSync(join(home, 'voxloom', 'processes'))).toEqual([])
  })
})

describe('other commands', () => {
  it('validate a pipeline without starting anything', async () => {
    const [, file, ...plugins] = pipeline(
      [UPPER],
      ['', { manifest: { input: '["audio/pcm"]', output: '["audio/mpeg"]' } }],
    )
    const { code, stdout } = await voxloom(['pipeline', 'validate', file!, '--json', ...plugins])
    expect([code, JSON.parse(stdout)]).toEqual([
      2,
      {
        name: 'test',
        valid: false,
        problems: [{ code: 'types', node: 'step2', message: expect.stringContaining('writes text/plain') }],
        nodes: [],
      },
    ])
    const [, fine, ...more] = pipeline([UPPER])
    expect(JSON.parse((await voxloom(['pipeline', 'validate', fine!, '--json', ...more])).stdout)).toMatchObject({
      valid: true,
      nodes: [{ id: 'step1', plugin: 'step1', input: 'text/plain', output: 'text/plain' }],
    })
  })

  it('list a broken plugin beside those that work', async () => {
    const broken = join(folder, 'broken')
    mkdirSync(broken)
    writeFileSync(join(broken, 'plugin.toml'), 'name = 1')
    const { code, stdout } = await voxloom(['plugins', 'list', '--json', '--plugins', broken])
    const infos = JSON.parse(stdout) as { id: string; problem?: string }[]
    expect(code).toBe(0)
    expect(infos.find(({ id }) => id === basename(broken))).toMatchObject({
      problem: expect.stringContaining('missing'),
    })
    expect(infos.length).toBeGreaterThan(5)
  })

  it('ask no questions where nobody could answer', async () => {
    const { code, stdout, stderr } = await voxloom(['configure', 'new.cr'])
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining('needs a terminal')])
  })
})

describe('a file that is written', () => {
  it.skipIf(!existsSync('/dev/full'))(
    'on a full disk is a sentence, and nothing takes the place of a device',
    async () => {
      const sink = await fileOutput('/dev/full')
      await expect(sink.write(Buffer.from('x'))).rejects.toMatchObject({
        code: 'quota',
        message: expect.not.stringContaining('.part'),
      })
      expect(await sink.keep()).toBeUndefined()
      expect(existsSync('/dev/full.part')).toBe(false)
    },
  )

  it('takes its name when it is whole, and keeps its .part when it is not', async () => {
    const path = join(folder, 'out')
    const whole = await fileOutput(path)
    await whole.write(Buffer.from('whole'))
    expect(existsSync(path)).toBe(false)
    await whole.finish()
    expect([read('out'), existsSync(`${path}.part`)]).toEqual(['whole', false])
    const half = await fileOutput(path)
    await half.write(Buffer.from('half'))
    expect(await half.keep()).toBe(`${path}.part`)
    expect([read('out'), read('out.part')]).toEqual(['whole', 'half'])
    expect(await (await fileOutput(join(folder, 'none'))).keep()).toBeUndefined()
    expect(existsSync(join(folder, 'none.part'))).toBe(false)
  })
})
