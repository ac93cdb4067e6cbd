import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { productRoot } from '../paths.ts'
import { scratch } from '../testing/plugins.ts'
import { bubblewrapArgs, sandboxEnvironment } from './bubblewrap.ts'
import { sandboxProgram } from './programs.ts'
import { confinementOf, NO_LIMITS } from './rules.ts'

afterEach(() => vi.unstubAllEnvs())

const none = { network: false, gpu: false, read: [] }
const command = (program = '/usr/bin/python3', folder = '/data/plugins/shout') => ({
  program,
  args: ['-u', 'main.py'],
  folder,
  env: { SECRET: 'x' },
})
const args = (permissions: object = {}, given = command(), models = '/nowhere', folders: object = {}) =>
  bubblewrapArgs({ command: given, permissions: { ...none, ...permissions }, models, ...folders })
/** What is visible inside, as pairs of an option and the path there. */
function visible(list: readonly string[]) {
  const end = list.indexOf('--')
  return list.flatMap((word, at) =>
    at < end && /^--(ro-|dev-)?bind(-try)?$/.test(word) ? [`${word} ${list[at + 2]}`] : [],
  )
}

describe('the arguments of the sandbox', () => {
  it('leave nothing that was not named, and no way back', () => {
    const list = args()
    for (const word of ['--unshare-all', '--die-with-parent', '--new-session', '--cap-drop'])
      expect(list).toContain(word)
    expect(list).not.toContain('--share-net')
    expect(list).not.toContain('--bind')
    expect(visible(list)).toContain('--ro-bind /data/plugins/shout')
    expect(
      visible(list).filter(path => /etc\/(passwd|shadow|resolv|hosts)|\/home|\/root|models|\/dev|\/sys/.test(path)),
    ).toEqual([])
    expect(list.slice(list.indexOf('--chdir'))).toEqual([
      '--chdir',
      '/data/plugins/shout',
      '--',
      '/usr/bin/python3',
      '-u',
      'main.py',
    ])
    // Whoever lists processes reads the arguments.
    expect(list.join(' ')).not.toMatch(/SECRET|setenv/)
  })

  it('open what the plugin was permitted, and nothing else', () => {
    expect(args({ network: true })).toContain('--share-net')
    expect(visible(args({ network: true })).join()).toContain('/etc/resolv.conf')
    const models = scratch()
    expect(visible(args({ read: ['models'] }, command(), models))).toContain(`--ro-bind ${models}`)
    expect(visible(args({}, command(), models)).join()).not.toContain(models)
    expect(visible(args({ read: ['models'] })).join()).not.toContain('/nowhere')
    expect(visible(args({ gpu: true }))).toContain('--dev-bind-try /dev/dri')
  })

  it('show the interpreter: ours, or one of the path', () => {
    const ours = visible(args({}, command(process.execPath)))
    expect(ours).toContain(`--ro-bind ${dirname(process.execPath)}`)
    const prefix = join(scratch(), 'python')
    mkdirSync(join(prefix, 'bin'), { recursive: true })
    writeFileSync(join(prefix, 'bin', 'python3'), '\x7fELF', { mode: 0o755 })
    vi.stubEnv('PATH', `${join(prefix, 'bin')}:/usr/bin`)
    expect(visible(args({}, command(join(prefix, 'bin', 'python3'))))).toContain(`--ro-bind ${prefix}`)
  })

  it('open no folder because a manifest names a program in it', () => {
    const elsewhere = scratch()
    for (const program of [join(elsewhere, 'tool'), join(homedir(), '.ssh', 'id'), '/etc/shadow', '/root/x', '/x']) {
      const shown = visible(args({}, command(program)))
      expect(shown).not.toContain(`--ro-bind ${dirname(program)}`)
      expect(shown).toEqual(visible(args()))
    }
    expect(visible(args({}, command('/data/plugins/shout/bin/run')))).toEqual(visible(args()))
  })

  it('never open a home, though a program lies in it', () => {
    const home = realpathSync(scratch())
    vi.stubEnv('HOME', home)
    mkdirSync(join(home, '.local', 'bin'), { recursive: true })
    writeFileSync(join(home, '.local', 'bin', 'tool'), '\x7fELF', { mode: 0o755 })
    writeFileSync(join(home, 'tool'), '\x7fELF', { mode: 0o755 })
    vi.stubEnv('PATH', `${join(home, '.local', 'bin')}:${home}`)
    expect(visible(args({}, command(join(home, '.local', 'bin', 'tool')))).filter(path => path.includes(home))).toEqual(
      [`--ro-bind ${join(home, '.local', 'bin')}`],
    )
    expect(visible(args({}, command(join(home, 'tool')))).filter(path => path.includes(home))).toEqual([])
  })

  it('show folders that were named besides, but neither a home nor the system again', () => {
    const readable = ['/opt/python', homedir(), join(homedir(), '.local'), '/', '/usr', '/usr/local']
    const writable = [{ path: '/data/kept' }, { path: '/data/all', from: '/data/mine' }]
    const list = args({}, command(), '/nowhere', { readable, writable })
    expect(visible(list).filter(path => !visible(args()).includes(path))).toEqual([
      '--ro-bind /opt/python',
      '--bind /data/kept',
      '--bind /data/all',
    ])
    expect(list[list.indexOf('/data/all') - 1]).toBe('/data/mine')
    // What may be written lies upon what is only read.
    expect(list.indexOf('/data/kept')).toBeGreaterThan(list.lastIndexOf('/opt/python'))
  })

  it('start the system’s program in place of a script that looks for one', () => {
    const shims = scratch()
    writeFileSync(join(shims, 'sh'), '#!/bin/bash\nexec elsewhere\n', { mode: 0o755 })
    writeFileSync(join(shims, 'unknown-tool'), '#!/bin/bash\n', { mode: 0o755 })
    symlinkSync('/usr/bin/env', join(shims, 'env'))
    expect(sandboxProgram(command(join(shims, 'sh')))).toMatch(/^\/(usr\/)?bin\/sh$/)
    expect(sandboxProgram(command(join(shims, 'unknown-tool')))).toBe(join(shims, 'unknown-tool'))
    expect(sandboxProgram(command(join(shims, 'env')))).toBe(join(shims, 'env'))
    expect(sandboxProgram(command('./tool'))).toBe('/data/plugins/shout/tool')
    expect(sandboxProgram(command('../../tool'))).toBe('/data/tool')
    expect(sandboxProgram(command('tool'))).toBe('tool')
  })

  it('show all of Voxloom to what comes with it', () => {
    const ours = command('/usr/bin/python3', join(productRoot, 'plugins', 'kokoro-tts'))
    expect(visible(args({}, ours))).toContain(`--ro-bind ${productRoot}`)
    expect(visible(args()).join()).not.toContain(productRoot)
  })
})

it('a plugin in the sandbox has a home of its own', () => {
  expect(sandboxEnvironment({ HOME: '/home/ada', TMPDIR: '/var/tmp', LANG: 'C' })).toEqual({
    HOME: '/tmp',
    TMPDIR: '/tmp',
    LANG: 'C',
  })
})

it.each([
  ['installed', true, true],
  ['installed', false, false],
  ['all', true, true],
  ['all', false, true],
  ['none', true, false],
  ['none', false, false],
] as const)('the setting “%s”, installed: %s → in a sandbox: %s', (sandbox, isInstalled, expected) => {
  expect(confinementOf({ sandbox, limits: NO_LIMITS }, isInstalled).sandbox).toBe(expected)
})
