import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { manifestText, pluginZip } from './testing/archives.ts'
import { workshop } from './testing/workshop.ts'

describe('a second version', () => {
  it('replaces an older one, and is not replaced by one unless that is asked for', async () => {
    const { install, row } = workshop()
    await install(pluginZip('shout', '1.0.0'))
    const before: unknown[] = []
    await install(
      pluginZip('shout', '1.1.0-rc.1'),
      {},
      { confirm: async offer => void before.push(offer.before?.version) },
    )
    await install(pluginZip('shout', '1.1.0'))
    expect([before, row()?.version]).toEqual([['1.0.0'], '1.1.0'])
    for (const old of ['1.0.0', '1.1.0-rc.1']) {
      await expect(install(pluginZip('shout', old))).rejects.toMatchObject({ code: 'conflict' })
      await expect(install(pluginZip('shout', old), { force: true })).rejects.toThrow('--allow-downgrade')
    }
    await install(pluginZip('shout', '1.0.0'), { allowDowngrade: true })
    expect(row()?.version).toBe('1.0.0')
  })

  it('with one number must have the same bytes, unless that is asked for', async () => {
    const { install, folder } = workshop()
    await install(pluginZip())
    const other = pluginZip('shout', '1.0.0', { program: '// other' })
    await expect(install(other)).rejects.toThrow('with other bytes')
    await expect(install(other, { allowDowngrade: true })).rejects.toThrow('--force')
    await install(other, { force: true })
    expect(readFileSync(join(folder, 'shout', 'main.mjs'), 'utf8')).toBe('// other')
  })

  it('does not replace what was put there by hand, nor hide what is elsewhere, unless that is asked for', async () => {
    const { install, folder, row } = workshop()
    await expect(install(pluginZip(), {}, {}, () => '/ours/shout')).rejects.toThrow('/ours/shout')
    mkdirSync(join(folder, 'shout'), { recursive: true })
    writeFileSync(join(folder, 'shout', 'plugin.toml'), manifestText('shout'))
    expect(row()).toMatchObject({ trust: 'local', usable: true })
    await expect(install(pluginZip())).rejects.toThrow('by hand')
    await install(pluginZip(), { force: true })
    expect(row()).toMatchObject({ trust: 'pinned' })
  })
})
