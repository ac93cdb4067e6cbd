import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { discoverPlugins, isUsable } from '../plugins/discovery.ts'
import { scratch } from '../testing/plugins.ts'
import { readLockFile } from './lock-file.ts'
import { manifestText, pluginZip } from './testing/archives.ts'
import { workshop } from './testing/workshop.ts'
import { acceptPlugin, removePlugin } from './upkeep.ts'

describe('a folder that has changed since', () => {
  const changes: [string, (folder: string) => void][] = [
    ['a file', folder => writeFileSync(join(folder, 'main.mjs'), 'evil()')],
    ['a new file', folder => writeFileSync(join(folder, 'new'), '')],
    ['a hidden file', folder => writeFileSync(join(folder, '.hidden'), '')],
    ['a file gone', folder => rmSync(join(folder, 'main.mjs'))],
    ['an empty folder', folder => mkdirSync(join(folder, 'empty'))],
    [
      'code that Python would take',
      folder => (mkdirSync(join(folder, '__pycache__')), writeFileSync(join(folder, '__pycache__', 'a.pyc'), '')),
    ],
    [
      'a module',
      folder => (mkdirSync(join(folder, 'node_modules')), writeFileSync(join(folder, 'node_modules', 'a.js'), '')),
    ],
    ['a right', folder => chmodSync(join(folder, 'plugin.toml'), 0o700)],
    ['a link', folder => symlinkSync('/etc/passwd', join(folder, 'link'))],
    ['all of it, by a link', folder => (rmSync(folder, { recursive: true }), symlinkSync(folderElsewhere(), folder))],
  ]
  function folderElsewhere() {
    const elsewhere = join(scratch(), 'shout')
    mkdirSync(elsewhere)
    writeFileSync(join(elsewhere, 'plugin.toml'), manifestText('shout'))
    return elsewhere
  }

  it.each(changes)('is not used: %s', async (_, change) => {
    const { install, folder, row, look } = workshop()
    const bytes = pluginZip()
    await install(bytes)
    expect(row()).toMatchObject({ usable: true })
    change(join(folder, 'shout'))
    expect(row()).toMatchObject({
      trust: 'local',
      usable: false,
      problem: expect.stringContaining('has changed since'),
    })
    // By another way, too.
    const given = discoverPlugins([
      { path: join(folder, 'shout'), trust: 'local' },
      { path: folder, trust: 'local', hasLockFile: true },
    ])
    expect(given.filter(isUsable)).toEqual([])
    expect(look()).toHaveLength(1)
    expect(await install(bytes)).toMatchObject({ state: 'installed' })
    expect(row()).toMatchObject({ trust: 'pinned', usable: true })
  })

  it('can be accepted, is local then, stays in the sandbox, and is watched further', async () => {
    const { install, folder, row, look } = workshop()
    const bytes = pluginZip()
    await install(bytes)
    expect(await acceptPlugin(folder, 'shout')).not.toHaveProperty('acceptedAt')
    writeFileSync(join(folder, 'shout', 'main.mjs'), '// mine')
    expect(await acceptPlugin(folder, 'shout')).toHaveProperty('acceptedAt')
    expect(look()).toMatchObject([{ trust: 'local', confinement: { sandbox: true } }])
    expect(row()).toMatchObject({ usable: true })
    writeFileSync(join(folder, 'shout', 'main.mjs'), '// theirs')
    expect(row()).toMatchObject({ usable: false })
    symlinkSync('/etc', join(folder, 'shout', 'link'))
    await expect(acceptPlugin(folder, 'shout')).rejects.toThrow('holds links')
    expect(await install(bytes)).toMatchObject({ state: 'installed', record: { trust: 'pinned' } })
  })
})

describe('removing', () => {
  it('deletes the folder and what is known of it, and nothing that was not installed', async () => {
    const { install, folder, look, leftovers } = workshop()
    await install(pluginZip())
    await expect(removePlugin(folder, 'shuot')).rejects.toThrow('Did you mean “shout”?')
    for (const id of ['..', '', 'constructor', '__proto__'])
      await expect(removePlugin(folder, id)).rejects.toMatchObject({ code: 'not-found' })
    expect(await removePlugin(folder, 'shout')).toMatchObject({ version: '1.0.0' })
    expect([look(), leftovers(), { ...readLockFile(folder) }]).toEqual([[], [], {}])
    mkdirSync(join(folder, 'shout'))
    await expect(removePlugin(folder, 'shout')).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('a damaged lock file', () => {
  it.each(['', '{', '[]', '{"format":2,"plugins":{}}', '{"format":1,"plugins":{"shout":{"current":{}}}}'])(
    'makes no plugin of the folder usable, and nothing is changed: %s',
    async text => {
      const { install, folder, row } = workshop()
      await install(pluginZip())
      const path = join(folder, 'plugins.lock.json')
      writeFileSync(path, text)
      expect(row()).toMatchObject({ trust: 'local', usable: false, problem: expect.stringContaining('is damaged') })
      await expect(install(pluginZip('other'))).rejects.toThrow('is damaged')
      await expect(removePlugin(folder, 'shout')).rejects.toThrow('is damaged')
      await expect(acceptPlugin(folder, 'shout')).rejects.toThrow('is damaged')
      expect([readFileSync(path, 'utf8'), existsSync(join(folder, 'shout'))]).toEqual([text, true])
    },
  )
})
