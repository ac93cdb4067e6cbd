import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { manifestText, pluginZip, zip } from '../core/install/testing/archives.ts'
import { workingBubblewrap } from '../core/sandbox/probe.ts'
import { scratch } from '../core/testing/plugins.ts'
import { offerTable } from './plugin-offer.ts'
import { loadConfig } from '../core/config/load.ts'
import { parseManifest } from '../core/plugins/manifest.ts'
import { runCommand } from './testing/command.ts'

// Each test starts whole processes, perhaps on a busy machine.
vi.setConfig({ testTimeout: 120_000 })

/** Passes text on, in a few lines. */
const PROGRAM = `
let held = Buffer.alloc(0), first = true
process.stdin.on('data', chunk => {
  held = Buffer.concat([held, chunk])
  while (held.length >= 4 && held.length >= 4 + held.readUInt32LE()) {
    const end = 4 + held.readUInt32LE()
    if (!first) process.stdout.write(held.subarray(0, end))
    first = false
    held = held.subarray(end)
  }
})
`

function workshop() {
  const folder = scratch()
  const env = { ...process.env, NO_COLOR: '1', HOME: folder }
  for (const kind of ['CONFIG', 'STATE', 'DATA', 'CACHE'])
    Object.assign(env, { [`XDG_${kind}_HOME`]: join(folder, kind) })
  const voxloom = (...args: string[]) => runCommand(args, { env, cwd: folder })
  const save = (bytes: Uint8Array, name = 'shout.zip') => {
    writeFileSync(join(folder, name), bytes)
    return createHash('sha256').update(bytes).digest('hex')
  }
  return { folder, voxloom, save, plugin: join(folder, 'DATA', 'voxloom', 'plugins', 'shout') }
}

describe('voxloom plugins', () => {
  it('install shows the hash of an archive that nothing is said of, and takes it by that', async () => {
    const { voxloom, save, plugin } = workshop()
    const sha256 = save(pluginZip('shout', '1.0.0', { program: PROGRAM }))
    const unknown = await voxloom('plugins', 'install', 'shout.zip', '--yes')
    expect([unknown.code, unknown.stdout, existsSync(plugin)]).toEqual([4, '', false])
    expect(unknown.stderr).toContain(`--sha256 ${sha256}`)
    const done = await voxloom('plugins', 'install', 'shout.zip', '--sha256', sha256, '--json')
    expect(JSON.parse(done.stdout)).toMatchObject({
      id: 'shout',
      state: 'installed',
      version: '1.0.0',
      trust: 'pinned',
      sha256,
    })
    const again = await voxloom('plugins', 'install', 'shout.zip', '--sha256', sha256)
    expect([again.code, again.stdout]).toEqual([0, 'shout 1.0.0: was installed already (pinned)\n'])

    const shown = await voxloom('plugins', 'show', 'shout')
    expect(shown.stdout).toMatch(/trust +pinned \(from \/.*shout\.zip\)/)
    expect(shown.stdout).toMatch(workingBubblewrap() === undefined ? /sandbox +unsandboxed/ : /sandbox +bubblewrap/)
    expect((await voxloom('plugins', 'verify', 'shout')).stdout).toBe('shout: verified\n')

    writeFileSync(join(plugin, 'main.mjs'), `${PROGRAM}// changed`)
    const changed = await voxloom('plugins', 'verify', 'shout')
    expect([changed.code, changed.stdout]).toEqual([1, expect.stringContaining('has changed since')])
    expect((await voxloom('plugins', 'test', plugin)).code).toBe(1)
    expect((await voxloom('plugins', 'accept', 'shout')).stdout).toContain('accepted as it is now')
    expect((await voxloom('plugins', 'verify', 'shout')).stdout).toBe('shout: verified\n')
    expect((await voxloom('plugins', 'remove', 'shout')).stdout).toBe('shout 1.0.0: removed\n')
    expect([existsSync(plugin), (await voxloom('plugins', 'remove', 'shout')).code]).toEqual([false, 3])
  })

  it('trust a key, install what it has signed, untrust it', async () => {
    const { folder, voxloom, save } = workshop()
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    const key = publicKey.export({ format: 'der', type: 'spki' }).toString('base64')
    const sha256 = save(pluginZip())
    const statement = `{"id":"shout","platform":"any","sha256":"${sha256}","version":"1.0.0"}`
    writeFileSync(join(folder, 'shout.json'), statement)
    const signature = sign(null, Buffer.from(statement), privateKey).toString('base64')
    const install = () =>
      voxloom('plugins', 'install', 'shout.zip', '--statement', 'shout.json', '--signature', signature, '--key', 'ada')
    expect((await install()).code).toBe(3)
    expect((await voxloom('plugins', 'trust', 'ada', 'nonsense')).code).toBe(2)
    expect((await voxloom('plugins', 'trust', 'ada', key)).stdout).toBe('ada: trusted\n')
    expect((await install()).stdout).toBe('shout 1.0.0: installed (signed)\n')
    expect((await voxloom('plugins', 'show', 'shout')).stdout).toContain('signed (by “ada”; from /')
    const untrusted = await voxloom('plugins', 'untrust', 'ada')
    expect([untrusted.stdout, untrusted.stderr]).toEqual([
      'ada: trusted no more\n',
      expect.stringContaining('still there: shout'),
    ])
    expect((await install()).code).toBe(3)
  })

  it.each([
    [['install', 'none.zip', '--sha256', '0'.repeat(64)], 3, 'There is no none.zip'],
    [['install', 'shout.zip', '--sha256', '0'.repeat(64)], 6, 'not 000'],
    [['install', 'shout.zip', '--sha256', 'abc'], 2, 'no SHA-256'],
    [['install', 'http://example.org/a.zip', '--sha256', '0'.repeat(64)], 4, 'https:// alone'],
    [['install', 'https://127.0.0.1/a.zip', '--sha256', '0'.repeat(64)], 4, 'of this machine'],
    [['install', 'https://localhost/a.zip', '--sha256', '0'.repeat(64)], 4, 'of this machine'],
    [['install', 'shout.zip', '--key', 'ada'], 2, 'needs all three'],
    [['remove', 'uppercase-python'], 3, 'was installed'],
    [['untrust', 'nobody'], 3, 'no trusted key'],
  ])('%j end with %i', async (args, code, words) => {
    const { voxloom, save } = workshop()
    save(pluginZip())
    expect(await voxloom('plugins', ...args)).toEqual({ code, stdout: '', stderr: expect.stringContaining(words) })
  })

  it('install nothing in the place of what comes with Voxloom unless that is asked for', async () => {
    const { voxloom, save } = workshop()
    const sha256 = save(zip([{ name: 'plugin.toml', content: manifestText('uppercase-python') }, { name: 'main.mjs' }]))
    const install = (...more: string[]) => voxloom('plugins', 'install', 'shout.zip', '--sha256', sha256, ...more)
    expect(await install()).toMatchObject({ code: 8, stderr: expect.stringContaining('take the place of') })
    expect(await install('--force')).toMatchObject({ code: 0 })
  })
})

it('what is asked shows what a stranger wrote, and obeys nothing of it', () => {
  const toml = manifestText(
    'shout',
    '1.0.0',
    'license = "MIT\\u001b[2J\\u202e"\nenv = ["API_KEY"]\npermissions = { network = true }',
  )
  const manifest = parseManifest(toml, 'plugin.toml')
  const offer = {
    id: 'shout',
    manifest,
    source: 'https://example.org/a.zip',
    sha256: 'a'.repeat(64),
    trust: 'pinned',
  } as const
  const text = offerTable(offer, loadConfig({ env: {} }))
  for (const words of [
    'shout 1.0.0',
    'MIT',
    'the network',
    'API_KEY',
    'example.org',
    'a'.repeat(64),
    'pinned',
    'sandbox',
  ])
    expect(text).toContain(words)
  expect(text).not.toMatch(/[\u001b\u202e]/)
})
