import { generateKeyPairSync, sign } from 'node:crypto'
import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { installPlugin, type Offer } from './install.ts'
import { canonicalStatement } from './statement.ts'
import { manifestText, pluginZip, tgz, zip } from './testing/archives.ts'
import { hashOf, workshop } from './testing/workshop.ts'

describe('an installation', () => {
  it('puts the plugin in its place, with its label', async () => {
    const { folder, install, look, leftovers } = workshop()
    const bytes = pluginZip()
    const offers: Offer[] = []
    const done = await install(bytes, {}, { confirm: async offer => void offers.push(offer) })
    expect(done).toMatchObject({ id: 'shout', state: 'installed', folder: join(folder, 'shout') })
    expect(offers).toMatchObject([{ id: 'shout', trust: 'pinned', sha256: hashOf(bytes) }])
    expect(look()).toMatchObject([
      { id: 'shout', trust: 'pinned', installed: { version: '1.0.0' }, confinement: { sandbox: true } },
    ])
    expect([statSync(folder).mode & 0o777, statSync(join(folder, 'shout')).mode & 0o777]).toEqual([0o700, 0o700])
    expect(statSync(join(folder, 'plugins.lock.json')).mode & 0o777).toBe(0o600)
    expect(leftovers()).toEqual([])
    expect(await install(bytes)).toMatchObject({ state: 'unchanged' })
  })

  it('takes a plugin in one folder of a .tar.gz, whatever that is called', async () => {
    const { install, row } = workshop()
    await install(
      tgz([
        { name: 'shout-1.0.0/', type: '5' },
        { name: 'shout-1.0.0/plugin.toml', content: manifestText('shout') },
        { name: 'shout-1.0.0/main.mjs', content: '' },
      ]),
    )
    expect(row()).toMatchObject({ trust: 'pinned', usable: true })
  })

  it('without a hash shows the one that it found, and unpacks nothing', async () => {
    const { install, leftovers, row } = workshop()
    const bytes = pluginZip()
    const refused = install(bytes, { sha256: undefined })
    await expect(refused).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining(`--sha256 ${hashOf(bytes)}`),
    })
    expect([row(), leftovers()]).toEqual([undefined, []])
  })

  it('of another archive than was named is refused before unpacking', async () => {
    const { install, leftovers } = workshop()
    const steps: string[] = []
    const other = install(pluginZip(), { sha256: '0'.repeat(64) }, { onStep: step => steps.push(step) })
    await expect(other).rejects.toMatchObject({
      code: 'integrity',
      message: expect.stringContaining(`not ${'0'.repeat(64)}`),
    })
    expect([steps, leftovers()]).toEqual([['fetched'], []])
  })

  it('is not done when the user says no, and nothing stays', async () => {
    const { install, row, leftovers } = workshop()
    const no = install(pluginZip(), {}, { confirm: () => Promise.reject(new Error('no')) })
    await expect(no).rejects.toThrow('no')
    expect([row(), leftovers()]).toEqual([undefined, []])
  })

  const file = (name: string, content = '') => ({ name, content })
  const main = file('main.mjs')
  it.each<[string, Uint8Array, string]>([
    ['no manifest', zip([main]), 'holds no plugin.toml'],
    ['a manifest two folders down', zip([file('a/b/plugin.toml', manifestText('shout'))]), 'holds no plugin.toml'],
    [
      'two manifests',
      zip([file('plugin.toml', manifestText('shout')), file('a/plugin.toml', manifestText('a')), main]),
      'more than one',
    ],
    [
      'two plugins',
      zip([file('a/plugin.toml', manifestText('a')), file('b/plugin.toml', manifestText('b'))]),
      'lies beside',
    ],
    [
      'strangers beside the folder',
      zip([file('a/plugin.toml', manifestText('a')), file('a/main.mjs'), file('b')]),
      'lies beside',
    ],
    ['a broken manifest', zip([file('plugin.toml', 'name = 1'), main]), 'plugin.toml'],
    ['a manifest that is no text', zip([{ name: 'plugin.toml', content: Buffer.from([0xff]) }, main]), 'not UTF-8'],
    [
      'a manifest that is too large',
      zip([file('plugin.toml', `# ${'x'.repeat(262_143)}`), main]),
      'a manifest may have',
    ],
    ['no program', zip([file('plugin.toml', manifestText('shout'))]), 'its program “main.mjs” is missing'],
    ['a name of a device', zip([file('plugin.toml', manifestText('nul')), main]), 'called “nul”'],
    ['a name that is never looked at', zip([file('plugin.toml', manifestText('sdk')), main]), 'called “sdk”'],
    [
      'another platform',
      zip([file('plugin.toml', manifestText('shout', '1.0.0', 'platform = ["beos-ppc"]')), main]),
      'runs on beos-ppc',
    ],
    ['a name with a path in it', zip([file('plugin.toml', manifestText('../x')), main]), 'name'],
  ])('refuses %s', async (_, bytes, words) => {
    const { install, look, leftovers } = workshop()
    await expect(install(bytes)).rejects.toMatchObject({ name: 'SeamError', message: expect.stringContaining(words) })
    expect([look(), leftovers()]).toEqual([[], []])
  })

  it('says when the folder can’t be written', async () => {
    const { root, keys, save } = workshop()
    writeFileSync(join(root, 'file'), '')
    const bytes = pluginZip()
    const request = { source: save(bytes), sha256: hashOf(bytes) }
    await expect(installPlugin(request, { folder: join(root, 'file'), keys })).rejects.toMatchObject({
      name: 'SeamError',
    })
  })
})

describe('a signed archive', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const key = publicKey.export({ format: 'der', type: 'spki' }).toString('base64')
  const signed = (bytes: Uint8Array, change = {}) => {
    const statement = { id: 'shout', version: '1.0.0', platform: 'any', sha256: hashOf(bytes), ...change }
    const signature = sign(null, canonicalStatement(statement), privateKey).toString('base64')
    return { sha256: undefined, statement: { text: JSON.stringify(statement), signature, key: 'ada' } }
  }

  it('has the label “signed” and the name of its key', async () => {
    const { install, keys, look } = workshop()
    keys.add('ada', key)
    const bytes = pluginZip()
    await install(bytes, signed(bytes))
    expect(look()).toMatchObject([{ trust: 'signed', installed: { key: 'ada' } }])
    // The same archive, known by its hash alone: the label changes, nothing else.
    expect(await install(bytes)).toMatchObject({ state: 'installed', record: { trust: 'pinned' } })
  })

  it('is refused when the statement is about something else', async () => {
    const { install, keys, look } = workshop()
    const bytes = pluginZip()
    await expect(install(bytes, signed(bytes))).rejects.toMatchObject({ code: 'not-found' })
    keys.add('ada', key)
    for (const [change, words] of [
      [{ id: 'other' }, 'about other 1.0.0'],
      [{ version: '1.0.1' }, 'about shout 1.0.1'],
      [{ platform: 'beos-ppc' }, 'is for beos-ppc'],
      [{ sha256: '0'.repeat(64) }, `not ${'0'.repeat(64)}`],
    ] as const)
      await expect(install(bytes, signed(bytes, change))).rejects.toThrow(words)
    const forged = signed(bytes)
    const { statement } = forged
    const text = statement.text.replace('1.0.0', '1.0.9')
    await expect(install(bytes, { ...forged, statement: { ...statement, text } })).rejects.toThrow('did not sign')
    expect(look()).toEqual([])
  })
})

describe('several installations at once', () => {
  it('come one after the other, and all of them are there', async () => {
    const { install, look, leftovers } = workshop()
    const ids = ['a', 'b', 'c', 'd', 'e']
    await Promise.all([...ids, ...ids].map(id => install(pluginZip(id))))
    expect(look().map(({ id, trust }) => [id, trust])).toEqual(ids.map(id => [id, 'pinned']))
    expect(leftovers()).toEqual([])
  })
})
