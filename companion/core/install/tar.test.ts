import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { paxLine, tarBytes, tgz } from './testing/archives.ts'
import { file, refused } from './testing/unpack.ts'

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
