import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, vi } from 'vitest'
import { discoverPlugins, isUsable } from '../plugins/discovery.ts'
import { scratch } from '../testing/plugins.ts'
import { installPlugin } from './install.ts'
import { readLockFile } from './lock-file.ts'
import { sweepInstalled } from './sweep.ts'
import { pluginZip } from './testing/archives.ts'
import { TrustedKeys } from './trusted-keys.ts'
import { acceptPlugin } from './upkeep.ts'

// Each test starts whole processes, perhaps on a busy machine.
vi.setConfig({ testTimeout: 120_000 })

const here = (path: string) => JSON.stringify(fileURLToPath(new URL(path, import.meta.url)))
/** Installs, and kills itself at the step that it was given. */
const INSTALLER = `
const { installPlugin } = await import(${here('./install.ts')})
const { TrustedKeys } = await import(${here('./trusted-keys.ts')})
const [folder, source, sha256, at] = process.argv.slice(2)
const onStep = step => { if (step === at) process.kill(process.pid, 'SIGKILL') }
await installPlugin({ source, sha256 }, { folder, keys: new TrustedKeys(folder) }, { onStep })
console.log('installed')
`

const steps = ['fetched', 'unpacked', 'recorded', 'aside', 'swapped', 'settled']

function workshop() {
  const root = scratch()
  const folder = join(root, 'plugins')
  writeFileSync(join(root, 'installer.mjs'), INSTALLER)
  const save = (version: string, id = 'shout') => {
    const bytes = pluginZip(id, version)
    const source = join(root, `${id}-${version}.zip`)
    writeFileSync(source, bytes)
    return { source, sha256: createHash('sha256').update(bytes).digest('hex') }
  }
  const install = ({ source, sha256 }: ReturnType<typeof save>) =>
    installPlugin({ source, sha256 }, { folder, keys: new TrustedKeys(folder) })
  const start = ({ source, sha256 }: ReturnType<typeof save>, at = '') =>
    spawn(process.execPath, [join(root, 'installer.mjs'), folder, source, sha256, at], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
  const look = () => {
    sweepInstalled(folder)
    return discoverPlugins([{ path: folder, trust: 'local', hasLockFile: true }]).map(plugin => [
      plugin.id,
      plugin.manifest?.version,
      plugin.trust,
      isUsable(plugin),
    ])
  }
  const inFolder = () => readdirSync(folder).sort()
  return { folder, save, install, start, look, inFolder }
}

describe.skipIf(process.platform === 'win32')('an installation that is killed', () => {
  it.each(steps)('at “%s” leaves the old version or the new one, and nothing else', async at => {
    const { folder, save, install, start, look, inFolder } = workshop()
    await install(save('1.0.0'))
    const [, signal] = (await once(start(save('2.0.0'), at), 'exit')) as [number | null, string | null]
    expect(signal).toBe('SIGKILL')
    const now = ['swapped', 'settled'].includes(at) ? '2.0.0' : '1.0.0'
    expect(look()).toEqual([['shout', now, 'pinned', true]])
    expect(inFolder()).toEqual(['plugins.lock.json', 'shout'])
    // Whatever follows works.
    await acceptPlugin(folder, 'shout')
    expect(readLockFile(folder)['shout']).toMatchObject({ current: { version: now } })
    await install(save('3.0.0'))
    expect(look()).toEqual([['shout', '3.0.0', 'pinned', true]])
  })

  it.each(steps)('the first time, at “%s”, leaves the plugin or nothing', async at => {
    const { save, install, start, look } = workshop()
    await once(start(save('1.0.0'), at), 'exit')
    const there = ['swapped', 'settled'].includes(at)
    expect(look()).toEqual(there ? [['shout', '1.0.0', 'pinned', true]] : [])
    expect((await install(save('1.0.0'))).state).toBe(there ? 'unchanged' : 'installed')
    expect(look()).toEqual([['shout', '1.0.0', 'pinned', true]])
  })
})

describe('installations by several processes', () => {
  it('come one after the other, and a start in between takes nothing away from them', async () => {
    const { save, start, look, inFolder } = workshop()
    const children = ['a', 'b', 'c', 'd'].map(id => start(save('1.0.0', id)))
    const ends = children.map(async child => (await once(child, 'exit')) as [number | null])
    let running = true
    void Promise.all(ends).then(() => (running = false))
    while (running) {
      look()
      await new Promise(resolve => setTimeout(resolve, 10))
    }
    expect(await Promise.all(ends)).toEqual(children.map(() => [0, null]))
    expect(look().map(([id, , trust]) => [id, trust])).toEqual(['a', 'b', 'c', 'd'].map(id => [id, 'pinned']))
    expect(inFolder()).toEqual(['a', 'b', 'c', 'd', 'plugins.lock.json'])
  })
})
