import { unzipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { MAX_ZIP_BYTES, MAX_ZIP_ENTRIES } from './zip.ts'
import { MAX_ENTRIES, MAX_RATIO, readZip } from './zip-read.ts'
import { zipWriter } from './zip-write.ts'

type Bytes = Uint8Array<ArrayBuffer>

function collecting() {
  const parts: Bytes[] = []
  return { parts, zip: zipWriter(async bytes => void parts.push(bytes)) }
}

describe('zipWriter', () => {
  it('writes what other programs read', async () => {
    const { parts, zip } = collecting()
    await zip.add('a/é.txt', new TextEncoder().encode('hello'))
    await zip.add('empty', new Uint8Array())
    const size = await zip.finish()
    const whole = new Uint8Array(await new Blob(parts).arrayBuffer())
    expect(whole).toHaveLength(size)
    const files = unzipSync(whole)
    expect(Object.keys(files)).toEqual(['a/é.txt', 'empty'])
    expect(new TextDecoder().decode(files['a/é.txt'])).toBe('hello')
  })

  it('takes as many entries as a zip can hold, and refuses one more', async () => {
    const { parts, zip } = collecting()
    for (let index = 0; index < MAX_ZIP_ENTRIES; index++) await zip.add(String(index), new Uint8Array())
    await expect(zip.add('more', new Uint8Array())).rejects.toMatchObject({ code: 'bad-input' })
    await zip.finish()
    expect(await readZip(new Blob(parts), () => 1)).toHaveLength(MAX_ENTRIES)
  })

  it('takes as many bytes as it may, and refuses one more', async () => {
    const overhead = 22 + 30 + 1 + 46 + 1
    const fill = async (bytes: number) => {
      const zip = zipWriter(async () => {}, { maxBytes: 1_000 })
      await zip.add('x', new Uint8Array(bytes))
      return zip.finish()
    }
    expect(await fill(1_000 - overhead)).toBe(1_000)
    await expect(fill(1_001 - overhead)).rejects.toMatchObject({ code: 'bad-input' })
    // Offsets have 32 bits, and all ones means ZIP64.
    expect(MAX_ZIP_BYTES).toBe(2 ** 32 - 2)
  })
})

describe('readZip', () => {
  it('takes the ratio of the limit, and refuses a higher one', async () => {
    const { parts, zip } = collecting()
    await zip.add('x', new Uint8Array(100))
    await zip.finish()
    const raw = new Uint8Array(await new Blob(parts).arrayBuffer())
    const packed = (bytes: number) => {
      const all = raw.slice()
      const view = new DataView(all.buffer)
      const directory = all.length - 22 - 47
      view.setUint16(directory + 10, 8, true)
      view.setUint32(directory + 24, bytes, true)
      return readZip(new Blob([all]), () => Number.MAX_SAFE_INTEGER)
    }
    expect(await packed(100 * MAX_RATIO)).toHaveLength(1)
    await expect(packed(100 * MAX_RATIO + 1)).rejects.toMatchObject({ code: 'bad-input' })
  })

  it('refuses more entries than it can hold by what the end record says', async () => {
    const { parts, zip } = collecting()
    await zip.finish()
    const raw = new Uint8Array(await new Blob(parts).arrayBuffer())
    new DataView(raw.buffer).setUint16(10, 0xffff, true)
    await expect(readZip(new Blob([raw]), () => 1)).rejects.toThrow('ZIP64')
  })
})
