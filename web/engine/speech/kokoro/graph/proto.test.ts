import { describe, expect, it } from 'vitest'
import { MessageWriter, readFields, readFloats, readInts, readText } from './proto.ts'

const only = (writer: MessageWriter) => [...readFields(writer.finish())]

describe('readFields', () => {
  it('reads numbers at the edges of one, four, five and ten bytes', () => {
    for (const value of [0n, 127n, 128n, 2n ** 28n - 1n, 2n ** 28n, 2n ** 35n, 2n ** 63n, 2n ** 64n - 1n]) {
      expect(only(new MessageWriter().varint(3, value))[0]).toMatchObject({ id: 3, wire: 0, varint: value })
    }
  })

  it('reads negative numbers as signed 64-bit integers', () => {
    const [field] = only(new MessageWriter().varint(8, -5))
    expect(field && readInts(field)).toEqual([-5])
  })

  it('reads packed numbers, floats and text', () => {
    const packed = Uint8Array.of(1, 0x80, 0x01)
    const fields = only(new MessageWriter().bytes(1, packed).float(2, 0.5).text(3, 'ɡ'))
    expect(fields.map(field => field.id)).toEqual([1, 2, 3])
    expect(fields[0] && readInts(fields[0])).toEqual([1, 128])
    expect(fields[1] && readFloats(fields[1])).toEqual([0.5])
    expect(fields[2] && readText(fields[2])).toBe('ɡ')
  })

  it('gives views into the bytes, and whole fields that write back the same', () => {
    const bytes = new MessageWriter()
      .text(1, 'name')
      .varint(99, 7)
      .bytes(2, Uint8Array.of(1, 2, 3))
      .finish()
    const fields = [...readFields(bytes)]
    expect(fields[2]?.data.buffer).toBe(bytes.buffer)
    const copy = new MessageWriter()
    for (const field of fields) copy.raw(field.whole)
    expect(copy.finish()).toEqual(bytes)
  })

  it('refuses bytes that end early and wire types that ONNX has not', () => {
    const bytes = new MessageWriter().text(1, 'name').finish()
    expect([...readFields(bytes)]).toHaveLength(1)
    const integrity = expect.objectContaining({ code: 'integrity' }) as Error
    expect(() => [...readFields(bytes.subarray(0, -1))]).toThrow(integrity)
    expect(() => [...readFields(Uint8Array.of(0x08, 0x80))]).toThrow(integrity)
    expect(() => [...readFields(Uint8Array.of(0x0b))]).toThrow(integrity)
    expect(() => [...readFields(Uint8Array.of(0x08, ...new Array<number>(10).fill(0x80), 0))]).toThrow(integrity)
  })
})
