import { describe, expect, it } from 'vitest'
import { readTar, type TarEntry } from './tar.ts'

interface Fields {
  path: string
  body?: Buffer
  type?: string
  prefix?: string
}

function block({ path, body = Buffer.alloc(0), type = '0', prefix = '' }: Fields): Buffer {
  const header = Buffer.alloc(512)
  header.write(path, 0, 100)
  header.write('0000644\0', 100)
  header.write(`${body.length.toString(8).padStart(11, '0')}\0`, 124)
  header.fill(' ', 148, 156)
  header.write(type, 156)
  header.write('ustar\x0000', 257)
  header.write(prefix, 345)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return Buffer.concat([header, body, Buffer.alloc((512 - (body.length % 512)) % 512)])
}

async function* pieces(archive: Buffer, size: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < archive.length; at += size) yield archive.subarray(at, at + size)
}

async function read(archive: Buffer, wanted = (_path: string, _size: number) => true, size = 700): Promise<TarEntry[]> {
  return Array.fromAsync(readTar(pieces(archive, size), wanted))
}

const end = Buffer.alloc(1024)
const content = Buffer.from('x'.repeat(513))

describe('readTar', () => {
  it.each([1, 511, 512, 513, 1 << 20])('reads files from pieces of %i bytes', async size => {
    const archive = Buffer.concat([
      block({ path: 'a', body: content }),
      block({ path: 'b', body: Buffer.from('b') }),
      end,
    ])
    const entries = await read(archive, undefined, size)
    expect(entries.map(({ path, bytes }) => [path, bytes.length])).toEqual([
      ['a', 513],
      ['b', 1],
    ])
  })

  it('joins the prefix, and takes long names of both dialects', async () => {
    const long = `deep/${'n'.repeat(120)}`
    const record = ` path=${long}\n`
    const pax = `${record.length + 3}${record}`
    const archive = Buffer.concat([
      block({ path: 'f', prefix: 'package/voices' }),
      block({ path: 'pax', type: 'x', body: Buffer.from(pax) }),
      block({ path: 'short' }),
      block({ path: '././@LongLink', type: 'L', body: Buffer.from(`${long}2\0`) }),
      block({ path: 'short' }),
      end,
    ])
    expect((await read(archive)).map(({ path }) => path)).toEqual(['package/voices/f', long, `${long}2`])
  })

  it('passes over links, folders, devices and what is not wanted', async () => {
    const archive = Buffer.concat([
      block({ path: 'link', type: '2' }),
      block({ path: 'hard', type: '1' }),
      block({ path: 'dir/', type: '5' }),
      block({ path: 'dev', type: '3' }),
      block({ path: 'other', body: content }),
      block({ path: 'mine', body: Buffer.from('m') }),
      end,
    ])
    const entries = await read(archive, path => !['other'].includes(path))
    expect(entries.map(({ path }) => path)).toEqual(['mine'])
  })

  it('refuses a header whose checksum is wrong', async () => {
    const archive = block({ path: 'a' })
    archive[0] = 0x62
    await expect(read(archive)).rejects.toMatchObject({ code: 'integrity' })
  })

  it('refuses an archive that ends too soon', async () => {
    const archive = block({ path: 'a', body: content })
    await expect(read(archive.subarray(0, 600))).rejects.toMatchObject({ code: 'integrity' })
    await expect(read(archive.subarray(0, 100))).rejects.toMatchObject({ code: 'integrity' })
  })
})
