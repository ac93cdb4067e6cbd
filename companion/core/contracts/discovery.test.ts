import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { hashTree } from '../install/tree-hash.ts'
import { writeLockFile } from '../install/lock-file.ts'
import { scratch } from '../testing/plugins.ts'
import { discoverContracts, readContract } from './discovery.ts'
import { folderStamp, MAX_PLUGIN_FILES, stamped } from './folder-stamp.ts'

/** A plugin of Node, with files beside it. */
function put(
  root: string,
  name: string,
  keys: object = {},
  files: Readonly<Record<string, string>> = { 'main.mjs': '' },
) {
  const folder = join(root, name)
  mkdirSync(folder, { recursive: true })
  const manifest = { name, version: '1.0.0', contract: 'tts', entry_point: 'main.mjs', ...keys }
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}
const find = (...paths: string[]) => discoverContracts(paths.map(path => ({ path, trust: 'local' })))
const readOf = (...given: Parameters<typeof put>) => readContract(put(...given))

describe('discovery of contract plugins', () => {
  it('lists a broken manifest with its problem, beside those that work', () => {
    const root = scratch()
    put(root, 'good')
    put(root, 'bad', { entry_point: 7 })
    put(root, 'other-name', { name: 'something-else' })
    mkdirSync(join(root, 'torn', 'manifest.json'), { recursive: true })
    mkdirSync(join(root, 'no-plugin'))
    expect(find(root)).toEqual([
      expect.objectContaining({ name: 'bad', problem: expect.stringContaining('“entry_point” is 7') }),
      expect.objectContaining({ name: 'good', manifest: expect.objectContaining({ contract: 'tts' }) }),
      expect.objectContaining({ name: 'other-name', problem: expect.stringContaining('must be the same') }),
      expect.objectContaining({ name: 'torn', problem: expect.stringContaining('is no file') }),
    ])
    for (const { manifest, problem } of find(root)) expect(manifest === undefined).toBe(problem !== undefined)
  })

  it('lets the first of two with one name win, and says so', () => {
    const [near, far] = [scratch(), scratch()]
    const first = put(near, 'voice')
    put(far, 'voice')
    const [one, other] = find(near, far)
    expect(one).toMatchObject({ folder: first, manifest: { name: 'voice' } })
    expect(other!.problem).toBe(`Another plugin of this name comes first: ${first}. Rename or remove one.`)
    expect(other!.manifest).toBeUndefined()
  })

  it('sees a folder once, by whatever way it is reached, and skips those that hold no plugins', () => {
    const root = scratch()
    put(root, 'voice')
    for (const name of ['.hidden', 'node_modules', 'sdk']) put(root, name)
    const link = join(scratch(), 'link')
    symlinkSync(root, link)
    expect(find(root, link, join(root, 'voice'), join(root, 'absent'))).toHaveLength(1)
    symlinkSync(join(root, 'voice'), join(root, 'alias'))
    expect(find(root).filter(({ problem }) => problem === undefined)).toEqual([
      expect.objectContaining({ name: 'voice' }),
    ])
  })

  it('does not use what was changed after it was installed', () => {
    const root = scratch()
    const folder = put(root, 'voice')
    const current = {
      version: '1.0.0',
      source: 'https://example.org/voice.zip',
      sha256: '0'.repeat(64),
      folderHash: hashTree(folder)!,
      trust: 'pinned' as const,
      installedAt: '2026-01-01T00:00:00.000Z',
    }
    writeLockFile(root, { voice: { current } })
    const look = () => discoverContracts([{ path: root, trust: 'local', hasLockFile: true }])[0]!
    expect(look()).toMatchObject({ trust: 'pinned', confinement: { sandbox: true }, manifest: { name: 'voice' } })
    writeFileSync(join(folder, 'main.mjs'), 'changed')
    expect(look()).toMatchObject({ problem: expect.stringContaining('has changed since it was installed') })
    expect(look().manifest).toBeUndefined()
  })
})

describe('what starts a plugin is told by its entry point', () => {
  it.each([
    ['main.ts', 'main.ts', 'node'],
    ['dist/main.cjs', 'dist/main.cjs', 'node'],
    ['main', 'main.py', 'python'],
    ['main.py', 'main.py', 'python'],
    ['__init__', '__init__.py', 'python'],
    ['voices.kokoro', 'voices/kokoro.py', 'python'],
    ['voices', 'voices/__init__.py', 'python'],
  ])('%s in a folder with %s: %s', (entry, file, language) => {
    expect(readOf(scratch(), 'voice', { entry_point: entry }, { [file]: '' })).toMatchObject({
      language,
      manifest: { entryPoint: entry },
    })
  })

  it('with an interpreter it is that program’s file', () => {
    const plugin = { entry_point: 'main.py', interpreter: ['python3', '-u'] }
    expect(readOf(scratch(), 'voice', plugin, { 'main.py': '' })).toMatchObject({
      language: 'program',
      requirements: [],
    })
    const ours = { entry_point: 'main', interpreter: 'node' }
    expect(readOf(scratch(), 'voice', ours, { main: '' })).toMatchObject({ language: 'node' })
  })

  it('a program must be executable', () => {
    const folder = put(scratch(), 'voice', { entry_point: 'bin/speak' }, { 'bin/speak': '#!/bin/sh\n' })
    expect(readContract(folder).problem).toMatch(/bin\/speak is not executable\. .*chmod \+x/)
    chmodSync(join(folder, 'bin/speak'), 0o755)
    expect(readContract(folder)).toMatchObject({ language: 'program', manifest: { entryPoint: 'bin/speak' } })
  })

  it('one that is missing is a problem, unless it is built', () => {
    expect(readOf(scratch(), 'voice', { entry_point: 'speech.main' }, {}).problem).toBe(
      'Its program is missing: there is no speech/main.py and no speech/main/__init__.py. Correct “entry_point”, say by “build” how it is made, or install it again.',
    )
    expect(readOf(scratch(), 'voice', { entry_point: 'speak' }, {}).problem).toContain(
      'there is no speak and no speak.py and no speak/__init__.py.',
    )
    const built = { entry_point: 'target/release/voice', build: ['cargo', 'build', '--release'] }
    expect(readOf(scratch(), 'voice', built, {})).toMatchObject({ language: 'program', manifest: { name: 'voice' } })
    // A name without an ending may become a program as well as a module.
    const bare = put(scratch(), 'voice', { entry_point: 'speak', build: ['go', 'build'] }, {})
    expect(readContract(bare)).toMatchObject({ language: 'program', manifest: { name: 'voice' } })
    writeFileSync(join(bare, 'speak.py'), '')
    expect(readContract(bare)).toMatchObject({ language: 'python' })
    writeFileSync(join(bare, 'speak'), '#!/bin/sh\n', { mode: 0o755 })
    expect(readContract(bare)).toMatchObject({ language: 'program' })
  })
})

describe('what else makes a plugin unusable', () => {
  it('another platform', () => {
    const here = `${process.platform}-${process.arch}`
    expect(readOf(scratch(), 'voice', { platform: ['plan9-mips'] }).problem).toBe(
      `It runs on plan9-mips; this is ${here}.`,
    )
    expect(readOf(scratch(), 'voice', { platform: ['plan9-mips', here] }).problem).toBeUndefined()
  })

  it('a schema of settings that is none', () => {
    expect(readOf(scratch(), 'voice', { config_schema: { type: 'array' } }).problem).toContain(
      '“config_schema” in manifest',
    )
  })
})

describe('packages', () => {
  it('come from the manifest or requirements.txt, and a disagreement is a note', () => {
    const python = { entry_point: 'main', dependencies: ['numpy==2'] }
    expect(readOf(scratch(), 'voice', python, { 'main.py': '' })).toMatchObject({
      requirements: ['numpy==2'],
      notes: [],
    })
    const both = readOf(scratch(), 'voice', python, { 'main.py': '', 'requirements.txt': 'numpy==1\n' })
    expect(both).toMatchObject({ requirements: ['numpy==1'], notes: [expect.stringContaining('“numpy==2”')] })
  })

  it('are nothing for what is no Python', () => {
    const plugin = readOf(scratch(), 'voice', { dependencies: ['numpy'] })
    expect(plugin).toMatchObject({ requirements: [], notes: [expect.stringContaining('packages of Python')] })
  })
})

describe('a folder that is odd', () => {
  const deep = (folder: string, levels: number) =>
    mkdirSync(join(folder, ...Array.from({ length: levels }, () => 'd')), { recursive: true })

  it('is told in words where links lead in a circle, and where a name is too long', () => {
    const circle = put(scratch(), 'voice', { entry_point: 'main' }, { 'main.py': '' })
    symlinkSync('requirements.txt', join(circle, 'requirements.txt'))
    expect(readContract(circle).problem).toMatch(/^Could not read .*requirements\.txt/)
    expect(readOf(scratch(), 'voice', { entry_point: `${'x'.repeat(300)}.mjs` }).problem).toMatch(
      /^Its program is missing/,
    )
    const nested = put(scratch(), 'voice')
    deep(nested, 1000)
    expect(readContract(nested).problem).toBeUndefined()
  })
})

it('what was read while the folder changed is not kept', () => {
  const folder = put(scratch(), 'voice')
  let readings = 0
  const read = () => {
    readings += 1
    const seen = existsSync(join(folder, 'late.txt'))
    if (readings === 1) writeFileSync(join(folder, 'late.txt'), '')
    return { seen, links: [] }
  }
  const { seen, hash } = stamped(folder, read)
  expect(seen).toBe(true)
  expect(hash).toBe(folderStamp(folder))
  // One that never rests is read no more than a few times, and again when it is looked at next.
  const restless = () => {
    writeFileSync(join(folder, `${(readings += 1)}.txt`), '')
    return { links: [] }
  }
  expect(stamped(folder, restless).hash).not.toBe(folderStamp(folder))
})

describe('the hash of a folder', () => {
  const hashOf = (folder: string) => readContract(folder).hash

  it('changes with every file, and with what is built', () => {
    const build = { entry_point: 'target/voice', build: ['make'] }
    const folder = put(scratch(), 'voice', build, { 'target/voice': 'a', 'lib/a.txt': 'a' })
    chmodSync(join(folder, 'target/voice'), 0o755)
    const hashes = [hashOf(folder)]
    expect(hashOf(folder)).toBe(hashes[0])
    const changes = [
      () => writeFileSync(join(folder, 'lib/a.txt'), 'ab'),
      () => writeFileSync(join(folder, 'new.txt'), ''),
      () => rmSync(join(folder, 'new.txt')),
      () => utimesSync(join(folder, 'lib/a.txt'), 1, 1),
      () => writeFileSync(join(folder, 'target/voice'), 'longer'),
      () => put(dirname(folder), 'voice', { ...build, version: '2.0.0' }, {}),
    ]
    for (const change of changes) {
      change()
      hashes.push(hashOf(folder))
    }
    // A new file that goes again leaves what was before.
    expect(new Set(hashes).size).toBe(hashes.length - 1)
    expect(readContract(folder).manifest?.version).toBe('2.0.0')
  })

  it('is not changed by what interpreters and builds leave behind', () => {
    const folder = put(scratch(), 'voice')
    const before = hashOf(folder)
    for (const name of ['__pycache__', 'node_modules', '.venv']) put(folder, name)
    expect(hashOf(folder)).toBe(before)
  })

  it('is not changed by what pip makes when it installs the folder; elsewhere “build” may be what is run', () => {
    const folder = put(scratch(), 'voice', {}, { 'main.mjs': '', 'pyproject.toml': '', 'src/a.py': '' })
    const install = () => ['build', 'voice.egg-info', 'src/voice.egg-info'].forEach(name => put(folder, name))
    const before = hashOf(folder)
    install()
    expect(hashOf(folder)).toBe(before)
    rmSync(join(folder, 'pyproject.toml'))
    const built = hashOf(folder)
    rmSync(join(folder, 'build'), { recursive: true })
    expect(hashOf(folder)).not.toBe(built)
  })

  it('is made of so many files and folders, and of one more no longer, whether they hold anything or not', () => {
    const folder = put(scratch(), 'voice', {}, { 'main.mjs': '', 'many/0': '' })
    for (let at = 0; at < 16; at++) mkdirSync(join(folder, 'many', `folder-${at}`))
    expect(folderStamp(folder, [], 20)).toMatch(/^[0-9a-f]{64}$/)
    mkdirSync(join(folder, 'many', 'more'))
    expect(() => folderStamp(folder, [], 20)).toThrow(/has more than 20 files and folders: too many for a plugin/)
    expect(() => folderStamp(folder, [], 3)).toThrow(/has more than 3 files and folders/)
    expect(folderStamp(folder, [], MAX_PLUGIN_FILES)).toBe(folderStamp(folder))
  })
})
