import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { deflateRawSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SeamError } from '#protocol/errors.ts'
import { scratch } from '../testing/plugins.ts'
import { unpackArchive } from './archive.ts'
import { paxLine, tarBytes, tgz, u16, u32, zip, type TarPart, type ZipPart } from './testing/archives.ts'

function place() {
  const root = scratch()
  const target = join(root, 'inner', 'target')
  mkdirSync(target, { recursive: true })
  return { root, target, archive: join(root, 'archive') }
}

/** Unpacks, and gives what is there then: path → content, `/` for a folder. */
async function unpack(bytes: Uint8Array) {
  const { root, target, archive } = place()
  writeFileSync(archive, bytes)
  await unpackArchive(archive, target)
  expect(readdirSync(root).sort()).toEqual(['archive', 'inner'])
  const found: Record<string, string> = {}
  for (const entry of readdirSync(target, { recursive: true, withFileTypes: true })) {
    const full = join(entry.parentPath, entry.name)
    const mode = (lstatSync(full).mode & 0o7777).toString(8)
    found[full.slice(target.length + 1)] = entry.isDirectory() ? `${mode}/` : `${mode} ${readFileSync(full, 'utf8')}`
  }
  return found
}

const refused = (bytes: Uint8Array) =>
  unpack(bytes).then(
    () => 'was unpacked',
    (error: unknown) => (error instanceof SeamError ? `${error.code}: ${error.message}` : String(error)),
  )

const file: ZipPart & TarPart = { name: 'a.txt', content: 'hello' }

describe('an archive in order', () => {
  const parts: (ZipPart & TarPart)[] = [
    { name: 'top/', content: '', mode: 0o040777, type: '5' },
    { name: 'top/a.txt', content: 'hello '.repeat(1000) },
    { name: 'top/deep/er/b', content: '', mode: 0o106755 },
    { name: 'top/ünï', content: Buffer.from('x') },
  ]
  const expected = {
    top: '700/',
    'top/a.txt': `600 ${'hello '.repeat(1000)}`,
    'top/deep': '700/',
    'top/deep/er': '700/',
    'top/deep/er/b': '700 ',
    'top/ünï': '600 x',
  }

  it('is unpacked, with nothing of its rights but the executable bit', async () => {
    const typed = parts.map(part => ({ ...part, mode: part.mode ?? 0o100644 }))
    expect(
      await unpack(
        zip(typed.map(part => ({ ...part, mode: part.type ? part.mode : 0o100000 | (part.mode & 0o7777) }))),
      ),
    ).toEqual(expected)
    expect(await unpack(tgz(typed.map(part => ({ ...part, mode: part.mode & 0o7777 }))))).toEqual(expected)
  })

  it.each(['tar', 'zip'])('that the real %s has made is read', async tool => {
    const from = scratch()
    mkdirSync(join(from, 'p', 'lib'), { recursive: true })
    const long = `${'long-'.repeat(25)}name`
    writeFileSync(join(from, 'p', 'plugin.toml'), 'x = 1\n')
    writeFileSync(join(from, 'p', 'lib', long), 'y'.repeat(100_000))
    const made = join(from, 'made')
    const args = tool === 'tar' ? ['czf', made, '-C', from, './p'] : ['-qr', `${made}.zip`, 'p']
    execFileSync(tool, args, { cwd: from })
    const found = await unpack(readFileSync(tool === 'tar' ? made : `${made}.zip`))
    expect(found[`p/lib/${long}`]).toBe(`600 ${'y'.repeat(100_000)}`)
    expect(Object.keys(found)).toHaveLength(4)
  })

  it('may have sizes behind the data, long names, and words about times', async () => {
    const streamed = { ...file, descriptor: true as const }
    expect(await unpack(zip([streamed, { ...streamed, name: 'b' }]))).toEqual({ 'a.txt': '600 hello', b: '600 hello' })
    const bare = { ...file, descriptor: Buffer.concat([u32(0x3610a686), u32(deflateRawSync('hello').length, 5)]) }
    expect(await unpack(zip([bare]))).toEqual({ 'a.txt': '600 hello' })
    const note = paxLine('mtime', '1.5') + paxLine('path', 'renamed')
    expect(await unpack(tgz([{ name: 'PaxHeader', type: 'x', content: note }, file]))).toEqual({ renamed: '600 hello' })
    expect(await unpack(tgz([{ name: '././@LongLink', type: 'L', content: 'other\0' }, file]))).toEqual({
      other: '600 hello',
    })
    expect(await unpack(tgz([{ name: 'g', type: 'g', content: paxLine('comment', 'abc') }, file]))).toEqual({
      'a.txt': '600 hello',
    })
    expect(await unpack(tgz([{ ...file, prefix: 'in/side' }]))).toMatchObject({ 'in/side/a.txt': '600 hello' })
    expect(
      await unpack(
        tgz([
          { name: './', type: '5' },
          { ...file, name: './a.txt' },
        ]),
      ),
    ).toEqual({ 'a.txt': '600 hello' })
  })
})

describe('a name that is refused in both kinds of archive', () => {
  it.each([
    ['/etc/passwd', 'absolute path'],
    ['../a', 'leads elsewhere'],
    ['a/../../b', 'leads elsewhere'],
    ['a/./b', 'leads elsewhere'],
    ['..', 'leads elsewhere'],
    ['C:\\a', 'backslash'],
    ['C:a', 'begins with a drive'],
    ['a\\b', 'backslash'],
    ['..\\a', 'backslash'],
    ['a//b', 'empty part'],
    ['file:stream', 'Windows refuses'],
    ['a?', 'Windows refuses'],
    ['a\u0001', 'can’t be seen'],
    ['a\u202etxt.exe', 'can’t be seen'],
    ['CON', 'device'],
    ['lib/nul.txt', 'device'],
    ['com1.tar.gz', 'device'],
    ['LPT¹', 'device'],
    ['dot.', 'dot or a space'],
    ['space ', 'dot or a space'],
    ['a./b', 'dot or a space'],
    [Buffer.from([0x61, 0xff]), 'not UTF-8'],
    [Buffer.from([0xc0, 0xae, 0xc0, 0xae, 0x2f, 0x61]), 'not UTF-8'],
    ['', 'empty'],
  ])('%j', async (name, words) => {
    expect(await refused(zip([{ ...file, name }]))).toMatch(new RegExp(`^bad-input: .*${words}`))
    expect(await refused(tgz([{ ...file, name }]))).toMatch(new RegExp(`^bad-input: .*${words}`))
  })

  it('has a NUL in it', async () => {
    expect(await refused(zip([{ ...file, name: 'a\0.txt' }]))).toContain('can’t be seen')
    const pax = { name: 'x', type: 'x', content: paxLine('path', 'a\0b') }
    expect(await refused(tgz([pax, file]))).toContain('can’t be seen')
  })

  it('is too long, at the limits and one past them', async () => {
    const part = (length: number) => 'p'.repeat(length)
    expect(Object.keys(await unpack(zip([{ ...file, name: part(255) }])))).toHaveLength(1)
    expect(await refused(zip([{ ...file, name: part(256) }]))).toContain('longer than 255')
    const path = (last: number) => [...Array<string>(4).fill(part(250)), part(last)].join('/')
    expect(Object.keys(await unpack(zip([{ ...file, name: path(20) }])))).toHaveLength(5)
    expect(await refused(zip([{ ...file, name: path(21) }]))).toContain('longer than 1024')
    const pax = (value: string) => tgz([{ name: 'x', type: 'x', content: paxLine('path', value) }, file])
    expect(Object.keys(await unpack(pax(path(20))))).toHaveLength(5)
    expect(await refused(pax(path(21)))).toContain('longer than 1024')
    const deep = (folders: number) => zip([{ ...file, name: `${'d/'.repeat(folders)}f` }])
    expect(Object.keys(await unpack(deep(32)))).toHaveLength(33)
    expect(await refused(deep(33))).toContain('32 folders deep')
  })

  it.each([
    [['a', 'a'], 'twice'],
    [['Readme', 'README'], 'one name on some systems'],
    [['é', 'e\u0301'], 'one name on some systems'],
    [['Lib/x', 'lib/y'], 'one name on some systems'],
    [['ſ', 's'], 'one name on some systems'],
    [['a\u200cb', 'ab'], 'one name on some systems'],
    [['a', 'a/b'], 'file and a folder'],
    [['a/b', 'a'], 'file and a folder'],
  ])('collides: %j', async (names, words) => {
    const parts = names.map(name => ({ ...file, name }))
    expect(await refused(zip(parts))).toContain(words)
    expect(await refused(tgz(parts))).toContain(words)
  })
})

describe('what is no file', () => {
  it('is refused in a zip, by what packers of Unix write', async () => {
    for (const [mode, words] of [
      [0o120777, 'is a link'],
      [0o060666, 'neither'],
      [0o020666, 'neither'],
      [0o010666, 'neither'],
      [0o140666, 'neither'],
      [0o040755, 'file and a folder'],
    ] as const)
      expect(await refused(zip([{ ...file, content: '/etc/passwd', mode }]))).toContain(words)
    expect(await refused(zip([{ name: 'd/', content: 'x', mode: 0 }]))).toContain('has a content')
    expect(await refused(zip([{ name: 'd/', mode: 0o100644 }]))).toContain('file and a folder')
  })

  it('is refused in a tar, by its type', async () => {
    for (const [type, words] of [
      ['1', 'is a link'],
      ['2', 'is a link'],
      ['K', 'is a link'],
      ['3', 'neither'],
      ['4', 'neither'],
      ['6', 'neither'],
      ['7', 'neither'],
      ['S', 'neither'],
      ['V', 'neither'],
    ] as const)
      expect(await refused(tgz([{ ...file, content: '', type, link: '/etc/passwd' }]))).toContain(words)
    expect(await refused(tgz([{ name: 'd/', type: '5', content: 'x' }]))).toContain('has a content')
    for (const key of ['linkpath', 'size', 'GNU.sparse.name', 'hdrcharset'])
      expect(await refused(tgz([{ name: 'x', type: 'x', content: paxLine(key, '1') }, file]))).toContain('has the key')
    const twice = [
      { name: 'L', type: 'L', content: 'one' },
      { name: 'x', type: 'x', content: paxLine('path', 'two') },
    ]
    expect(await refused(tgz([...twice, file]))).toContain('two names')
  })

  it('through a link that a first entry made: there is none', async () => {
    const parts = [
      { name: 'l', type: '2', link: '/tmp' },
      { ...file, name: 'l/escaped' },
    ]
    expect(await refused(tgz(parts))).toContain('is a link')
    expect(existsSync('/tmp/escaped')).toBe(false)
  })
})

describe('a zip that means two things', () => {
  it.each<[string, Buffer, string]>([
    ['another local name', zip([{ ...file, localName: 'b.txt' }]), 'differ'],
    ['another local size', zip([{ ...file, local: { bytes: 6 } }]), 'differ'],
    ['another packed size', zip([{ ...file, local: { packed: 3 } }]), 'differ'],
    ['another sum', zip([{ ...file, local: { crc: 1 } }]), 'differ'],
    ['another method', zip([{ ...file, local: { method: 0 } }]), 'differ'],
    ['a descriptor for one alone', zip([{ ...file, local: { flags: 8 } }]), 'differ'],
    ['zero sizes without descriptor', zip([{ ...file, local: { crc: 0, packed: 0, bytes: 0 } }]), 'differ'],
    ['a wrong descriptor', zip([{ ...file, descriptor: u32(0x08074b50, 1, 2, 3) }]), 'differ'],
    ['no descriptor', zip([{ ...file, descriptor: Buffer.alloc(0) }]), 'differ'],
    ['a name that was encrypted', zip([{ ...file, central: { flags: 0x2000 } }]), 'encrypted'],
    ['encryption', zip([{ ...file, central: { flags: 1 }, local: { flags: 1 } }]), 'encrypted'],
    ['encryption in one header', zip([{ ...file, local: { flags: 1 } }]), 'differ'],
    ['an unknown method', zip([{ ...file, central: { method: 12 }, local: { method: 12 } }]), 'not known'],
    ['a second disk', zip([{ ...file, central: { disk: 1 } }]), 'one part of several'],
    ['several disks', zip([file], { disk: 1 }), 'one part of several'],
    ['ZIP64 by size', zip([{ ...file, central: { bytes: 0xffffffff } }]), 'ZIP64'],
    ['ZIP64 by count', zip([file], { count: 0xffff }), 'ZIP64'],
    ['ZIP64 by locator', zip([file], { before: Buffer.concat([u32(0x07064b50), Buffer.alloc(16)]) }), 'ZIP64'],
    ['ZIP64 by field', zip([{ ...file, extra: u16(1, 0) }]), 'ZIP64'],
    ['ZIP64 by local field', zip([{ ...file, localExtra: u16(1, 0) }]), 'ZIP64'],
    ['shared bytes', zip([file, { ...file, name: 'a.txt', localName: 'a.txt', offset: 0 }]), 'twice'],
    [
      'bytes of another',
      zip([
        { ...file, store: true, content: zip([file]) },
        { ...file, name: 'b.txt' },
      ]),
      'was unpacked',
    ],
    ['more in it than it says', zip([{ ...file, central: { bytes: 4 }, local: { bytes: 4 } }]), 'more than it says'],
    ['less in it than it says', zip([{ ...file, central: { bytes: 6 }, local: { bytes: 6 } }]), 'integrity'],
    [
      'bytes behind the packed ones',
      zip([{ ...file, packed: Buffer.concat([deflateRawSync('hello'), Buffer.alloc(9)]) }]),
      'integrity',
    ],
    ['packed bytes cut short', zip([{ ...file, packed: deflateRawSync('hello').subarray(0, 4) }]), 'integrity'],
    ['nonsense for packed bytes', zip([{ ...file, packed: Buffer.from([7, 7, 7, 7]) }]), 'integrity'],
    ['a wrong sum', zip([{ ...file, central: { crc: 1 }, local: { crc: 1 } }]), 'integrity'],
    ['a directory elsewhere', zip([file], { start: 3 }), 'integrity'],
    ['too short a directory', zip([file], { length: 20 }), 'integrity'],
    ['more entries than it has', zip([file], { count: 2 }), 'integrity'],
    ['fewer entries than it has', zip([file, { ...file, name: 'b' }], { count: 1 }), 'integrity'],
    ['an entry beyond the end', zip([{ ...file, offset: 9999 }]), 'integrity'],
    ['no end', zip([file]).subarray(0, -1), 'integrity'],
    ['a byte behind the end', Buffer.concat([zip([file]), Buffer.alloc(1)]), 'integrity'],
    ['a byte before its begin', Buffer.concat([Buffer.from('PK\x03\x04'), zip([file])]), 'integrity'],
  ])('%s', async (_, bytes, words) => {
    expect(await refused(bytes)).toContain(words)
  })

  it('has two entries over one another', async () => {
    const inner = { name: 'b.txt', content: 'inner', store: true }
    const local = zip([inner]).subarray(0, 30 + 5 + 5)
    // The second entry lies inside of the first one's data.
    const bytes = zip([
      { name: 'a', content: local, store: true },
      { ...inner, offset: 30 + 1 },
    ])
    expect(await refused(bytes)).toContain('share the same bytes')
  })
})

describe('a tar that is damaged', () => {
  const cut = (bytes: number) => gzipSync(tarBytes([file]).subarray(0, bytes))
  it.each<[string, Buffer, string]>([
    ['a wrong sum', tgz([{ ...file, checksum: 5 }]), 'integrity'],
    ['cut in a header', cut(100), 'integrity'],
    ['cut in a file', cut(600), 'integrity'],
    ['cut between entries', cut(1024), 'integrity'],
    ['compressed bytes cut short', tgz([file]).subarray(0, -12), 'integrity'],
    ['a flipped bit', Buffer.from(tgz([file]).map((byte, at) => (at === 20 ? byte ^ 4 : byte))), 'integrity'],
    ['a size that lies', tgz([{ ...file, size: 4000 }]), 'integrity'],
    ['a record that lies about itself', tgz([{ name: 'x', type: 'x', content: '99 path=a\n' }, file]), 'integrity'],
    [
      'another archive behind its end',
      tgz([file], Buffer.concat([Buffer.alloc(1024), tarBytes([file])])),
      'behind its end',
    ],
    [
      'a huge description',
      tgz([{ name: 'x', type: 'x', content: paxLine('comment', 'x'.repeat(65_536)) }]),
      'too long',
    ],
  ])('%s', async (_, bytes, words) => {
    expect(await refused(bytes)).toContain(words)
  })

  it.each([
    ['nothing', ''],
    ['text', 'hello'],
    ['a web page', '<!doctype html>'],
    ['7z', '7z\xbc\xaf\x27\x1c'],
  ])('is something else: %s', async (_, text) => {
    expect(await refused(Buffer.from(text, 'latin1'))).toContain('neither a .zip nor a .tar.gz')
  })
})

describe('an archive that is too much', () => {
  const many = (count: number) => Array.from({ length: count }, (_, at) => ({ name: `f${at}`, content: '' }))

  it('has 5,000 entries at most, folders on the way included', async () => {
    expect(Object.keys(await unpack(tgz(many(5000))))).toHaveLength(5000)
    expect(await refused(tgz(many(5001)))).toContain('more than 5000')
    expect(await refused(zip(many(5001)))).toContain('more than 5000')
    expect(await refused(tgz(many(4000).map(({ name }) => ({ name: `${name}/x`, content: '' }))))).toContain(
      'more than 5000',
    )
  }, 60_000)

  it('says that it is too large, before anything is unpacked', async () => {
    const MiB = 1024 * 1024
    const says = (bytes: number) => ({
      central: { bytes, packed: bytes, method: 0 },
      local: { bytes, packed: bytes, method: 0 },
    })
    expect(await refused(zip([{ ...file, ...says(256 * MiB + 1) }]))).toContain('a file may have')
    // At the limit it is only damaged, because nothing of it is there.
    expect(await refused(zip([{ ...file, ...says(256 * MiB) }]))).toContain('integrity')
    expect(await refused(tgz([{ ...file, size: 256 * MiB + 1 }]))).toContain('a file may have')
    expect(await refused(tgz([{ ...file, size: 256 * MiB }]))).toContain('integrity')
  })

  it('unpacks to 200 times its size at most, beyond the first MiB', async () => {
    const MiB = 1024 * 1024
    const zeros = Buffer.alloc(MiB)
    expect(Object.keys(await unpack(zip([{ name: 'z', content: zeros }])))).toEqual(['z'])
    expect(await refused(zip([{ name: 'z', content: Buffer.alloc(MiB + 1) }]))).toContain('200 times')
    expect(await refused(tgz([{ name: 'z', content: Buffer.alloc(20 * MiB) }]))).toContain('200 times')
    // The bomb that says that it is small.
    const lie = { bytes: 1000 }
    const bomb = zip([{ name: 'z', content: Buffer.alloc(20 * MiB), central: lie, local: lie }])
    expect(await refused(bomb)).toContain('more than it says')
  })
})

describe('whatever an archive holds', () => {
  const name = fc.oneof(
    fc.constantFrom('../x', '/x', 'a/../../x', 'a', 'A', 'a/b', 'C:x', 'a\\..\\x', './a', 'con', '..', '.', ''),
    fc.string({ unit: 'binary', maxLength: 12 }),
  )
  const content = fc.uint8Array({ maxLength: 40 })

  async function staysInside(bytes: Uint8Array) {
    const { root, target, archive } = place()
    writeFileSync(archive, bytes)
    const error: unknown = await unpackArchive(archive, target).catch((error: unknown) => error)
    if (error !== undefined) expect(error).toBeInstanceOf(SeamError)
    expect([readdirSync(root).sort(), readdirSync(join(root, 'inner'))]).toEqual([['archive', 'inner'], ['target']])
    for (const entry of readdirSync(target, { recursive: true, withFileTypes: true }))
      expect(entry.isFile() || entry.isDirectory()).toBe(true)
    return error
  }

  it('nothing is written outside, and what goes wrong is a SeamError: random bytes', async () => {
    const begin = fc.constantFrom('', 'PK\x03\x04', 'PK\x05\x06', '\x1f\x8b\x08\0\0\0\0\0\0\x03')
    await fc.assert(
      fc.asyncProperty(begin, fc.uint8Array({ maxLength: 600 }), async (head, rest) => {
        expect(await staysInside(Buffer.concat([Buffer.from(head, 'latin1'), rest]))).toBeInstanceOf(SeamError)
      }),
      { numRuns: 150 },
    )
  })

  it('nothing is written outside: random entries, with bytes changed at random', async () => {
    const part = fc.record({
      name,
      content,
      mode: fc.integer({ min: 0, max: 0o177777 }),
      type: fc.constantFrom('0', '0', '5', '1', '2', '3', 'x', 'L', 'g'),
    })
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 5 }), changes, fc.boolean(), async (parts, flips, asZip) => {
        const bytes = asZip ? zip(parts) : tarBytes(parts)
        for (const [at, value] of flips) if (bytes.length > 0) bytes[at % bytes.length]! ^= value
        await staysInside(asZip ? bytes : gzipSync(bytes))
      }),
      { numRuns: 300 },
    )
  })
})
