import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { spawnSync } from 'node:child_process'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { InstallLine } from '#protocol/contracts.ts'
import { scratch } from '../testing/plugins.ts'
import { readContract, type FoundContract } from './discovery.ts'
import { Environments } from './environments.ts'
import { packageIn, pythonPlugin } from './testing/python-plugin.ts'

afterEach(() => vi.unstubAllEnvs())

const plugin = (...dependencies: string[]): FoundContract =>
  readContract(pythonPlugin(scratch(), 'voice', { manifest: { dependencies } }))

function offline(variables: Readonly<Record<string, string>> = { PIP_NO_INDEX: '1', UV_NO_INDEX: '1' }): void {
  vi.stubEnv('PIP_FIND_LINKS', '')
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value)
}

async function linesOf(lines: AsyncIterable<InstallLine>): Promise<InstallLine[]> {
  const found: InstallLine[] = []
  for await (const line of lines) found.push(line)
  return found
}

describe('the environment of a Python plugin', () => {
  it('is none for a plugin without packages, and for one that is no Python', async () => {
    const folder = join(scratch(), 'environments')
    const environments = new Environments({ folder })
    const bare = plugin()
    expect(environments.state(bare)).toBe('none')
    expect(environments.python(bare)).toBe(environments.base(bare).program)
    expect(await linesOf(environments.install(bare))).toEqual([{ kind: 'done', lock: [] }])
    expect(environments.state({ ...plugin('numpy'), language: 'node' })).toBe('none')
  })

  it('is made once, whoever asks for it, and has what the plugin needs', async () => {
    offline(packageIn(scratch(), 'voxloom-test-package'))
    const folder = join(scratch(), 'environments')
    // A module of its own that is named like one of Python's is in nobody's way.
    const files = { 'types.py': 'raise ImportError("not this one")\n' }
    const manifest = { dependencies: ['voxloom-test-package==1.0'] }
    const found = readContract(pythonPlugin(scratch(), 'voice', { manifest, files }))
    const [one, other] = [new Environments({ folder }), new Environments({ folder })]
    expect(one.state(found)).toBe('missing')
    expect(() => one.python(found)).toThrow(
      'The packages of “voice” are not installed: voxloom-test-package==1.0. Install them in the Plugins room, or with: voxloom contracts install voice',
    )
    const both = await Promise.all([linesOf(one.install(found)), linesOf(other.install(found))])
    const done = { kind: 'done', lock: expect.arrayContaining([expect.stringContaining('voxloom-test-package')]) }
    for (const lines of both) expect(lines.at(-1)).toEqual(done)
    expect(both.map(lines => lines.length).sort()[0]).toBe(1)
    expect(both.flat()).toContainEqual(expect.objectContaining({ kind: 'progress', what: 'voxloom-test-package' }))
    expect(other.state(found)).toBe('ready')
    const code = 'import voxloom_test_package, sys; print(voxloom_test_package.ANSWER, sys.prefix)'
    const { stdout } = spawnSync(other.python(found), ['-c', code], { encoding: 'utf8' })
    const [name] = readdirSync(folder)
    expect(name).toMatch(/^voice-[0-9a-f]{12}$/)
    expect(stdout.trim()).toBe(`42 ${join(folder, name!)}`)
    expect(readdirSync(folder)).toHaveLength(1)
    // Others are needed: it is not that environment.
    expect(other.state(plugin('voxloom-test-package'))).toBe('missing')
  }, 120_000)

  it('is not there at all when a package does not install, and what the tool said is told', async () => {
    offline()
    const folder = join(scratch(), 'environments')
    const environments = new Environments({ folder })
    const found = plugin('voxloom-no-such-package==1')
    const lines: InstallLine[] = []
    const work = (async () => {
      for await (const line of environments.install(found)) lines.push(line)
    })()
    await expect(work).rejects.toMatchObject({
      code: 'engine',
      retryable: true,
      message: expect.stringMatching(
        /^The packages of “voice” could not be installed: (pip|uv) ended with 1 over voxloom-no-such-package==1\. Its last lines:\n.*voxloom-no-such-package/s,
      ),
      details: { failure: 'DEPENDENCIES_MISSING', plugin: 'voice' },
    })
    expect(lines.at(0)).toMatchObject({ kind: 'log', text: expect.stringContaining('voxloom-no-such-package==1') })
    expect(environments.state(found)).toBe('missing')
    expect(readdirSync(folder)).toEqual([])
  }, 120_000)

  it('is not there at all when its making was broken off, now or by a companion that was killed', async () => {
    offline()
    const folder = join(scratch(), 'environments')
    const environments = new Environments({ folder })
    const found = plugin('voxloom-no-such-package==1')
    const abort = new AbortController()
    const name = () => readdirSync(folder).find(entry => /\.\d+\.part$/.test(entry))
    let part: string | undefined
    const work = (async () => {
      for await (const _ of environments.install(found, abort.signal)) {
        part = await vi.waitFor(() => name() ?? expect.unreachable('not begun'), { timeout: 60_000 })
        abort.abort()
      }
    })()
    await expect(work).rejects.toMatchObject({ code: 'cancelled' })
    expect(readdirSync(folder)).toEqual([])
    const left = part!.replace(/\.\d+\.part$/, '.77.part')
    mkdirSync(join(folder, left, 'bin'), { recursive: true })
    const others = join(folder, 'voice-0123456789ab')
    mkdirSync(others)
    for await (const _ of environments.install(found)) break
    expect(readdirSync(folder)).toEqual(['voice-0123456789ab'])
  }, 120_000)

  it('waits for nobody who has left', async () => {
    const folder = join(scratch(), 'environments')
    const found = plugin('voxloom-no-such-package==1')
    const signal = AbortSignal.abort()
    await expect(linesOf(new Environments({ folder }).install(found, signal))).rejects.toMatchObject({
      code: 'cancelled',
    })
  })

  it('can’t be made without Python, which is said', async () => {
    const folder = scratch()
    const environments = new Environments({ folder, interpreter: '/nowhere/python3' })
    const found = plugin('numpy')
    expect(environments.state(found)).toBe('missing')
    expect(() => environments.python(found)).toThrow(/needs Python 3\.9 or later, and “\/nowhere\/python3”/)
    await expect(linesOf(environments.install(found))).rejects.toMatchObject({
      details: { failure: 'INTERPRETER_MISSING' },
    })
  })

  it.each(['-r more.txt', 'wheels/more.txt', 'demo @ ./more.txt', 'more.whl', '-e .', '-f .', '-i file:///wheels'])(
    'is another one where requirements.txt leads to other files with “%s”, and they have changed',
    line => {
      const folder = join(scratch(), 'environments')
      const files = { 'requirements.txt': `${line}\n`, 'more.txt': 'numpy\n' }
      const root = pythonPlugin(scratch(), 'voice', { files })
      const environments = new Environments({ folder })
      const seen = () => environments.readable(readContract(root)).at(-1)
      const before = seen()
      expect(seen()).toBe(before)
      writeFileSync(join(root, 'more.txt'), 'numpy==2\n')
      expect(seen()).not.toBe(before)
    },
  )

  it('stays the same one where files change that its packages have nothing to do with', () => {
    const lines =
      '--extra-index-url https://example.org/whl/cpu\n--only-binary :all:\n-f https://example.org/\n' +
      'numpy==2\nsound @ https://example.org/s.whl\nonnx; python_version < "4" # a/b\n'
    const root = pythonPlugin(scratch(), 'voice', { files: { 'requirements.txt': lines } })
    const environments = new Environments({ folder: join(scratch(), 'environments') })
    const before = environments.readable(readContract(root)).at(-1)
    writeFileSync(join(root, 'main.py'), 'pass\n')
    expect(environments.readable(readContract(root)).at(-1)).toBe(before)
  })
})
