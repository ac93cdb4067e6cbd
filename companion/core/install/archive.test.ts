import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { deflateRawSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { scratch } from '../testing/plugins.ts'
import { paxLine, tgz, u32, zip, type TarPart, type ZipPart } from './testing/archives.ts'
import { file, refused, unpack } from './testing/unpack.ts'

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
