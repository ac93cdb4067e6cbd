import { deflateRawSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { u16, u32, zip } from './testing/archives.ts'
import { file, refused } from './testing/unpack.ts'

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
