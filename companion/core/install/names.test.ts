import { describe, expect, it } from 'vitest'
import { paxLine, tgz, zip } from './testing/archives.ts'
import { file, refused, unpack } from './testing/unpack.ts'

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
