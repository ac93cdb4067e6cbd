import { expect, it } from 'vitest'
import type { Json, WireValue } from '#protocol/contracts.ts'
import { MAX_ATTACHMENT, MAX_ATTACHMENTS, MAX_DEPTH } from './limits.ts'
import { fromJson, fromWire, toJson, toWire } from './values.ts'

const sound = { mime: 'audio/x', bytes: new Uint8Array([104, 105]) }

const nested = (depth: number): Json => (depth === 0 ? 'end' : [nested(depth - 1)])

it('puts bytes behind the line, or into it', () => {
  const value: WireValue = { list: [sound, { sound }], text: 'x', none: null }
  const buffers: Uint8Array<ArrayBuffer>[] = []
  const wire = toWire(value, buffers)
  expect(wire).toEqual({
    list: [
      { encoding: 'attachment', mime: 'audio/x', attachment: 0 },
      { sound: { encoding: 'attachment', mime: 'audio/x', attachment: 1 } },
    ],
    text: 'x',
    none: null,
  })
  expect(fromWire(wire, buffers)).toEqual(value)
  const json = toJson(value)
  expect(json).toMatchObject({ list: [{ encoding: 'base64', mime: 'audio/x', data: 'aGk=' }, {}] })
  expect(fromJson(json)).toEqual(value)
})

it('gives bytes that nobody else has', () => {
  const { bytes } = fromJson({ encoding: 'base64', mime: 'audio/x', data: 'aGk=' }) as typeof sound
  expect(bytes.buffer.byteLength).toBe(2)
})

it('refuses bytes that are not what they say', () => {
  const base64 = (data: Json) => fromJson({ encoding: 'base64', mime: 'audio/x', data })
  for (const data of ['aGk', 'a~k=', 'aGk=\n', 3, '=', 'YQ==YQ==']) expect(() => base64(data)).toThrow('not base64')
  expect(base64('')).toEqual({ mime: 'audio/x', bytes: new Uint8Array() })
  for (const attachment of [0, 1, -1, 0.5, '0', null]) {
    const buffers = attachment === 0 ? [] : [new Uint8Array(1)]
    expect(() => fromWire({ encoding: 'attachment', mime: 'audio/x', attachment }, buffers)).toThrow('is not there')
  }
})

it('takes as much as it may be, and no more', () => {
  expect(fromJson(nested(MAX_DEPTH))).toEqual(toJson(nested(MAX_DEPTH)))
  expect(() => fromJson(nested(MAX_DEPTH + 1))).toThrow(`more than ${MAX_DEPTH}`)
  expect(() => toJson(nested(MAX_DEPTH + 1))).toThrow(`${MAX_DEPTH} deep at most`)
  const many = (count: number) => Array.from({ length: count }, () => sound)
  expect(toWire(many(MAX_ATTACHMENTS), [])).toHaveLength(MAX_ATTACHMENTS)
  expect(() => toWire(many(MAX_ATTACHMENTS + 1), [])).toThrow(`${MAX_ATTACHMENTS} at most`)
  const large = (size: number) => ({ mime: 'audio/x', bytes: new Uint8Array(size) })
  expect(toWire([large(MAX_ATTACHMENT)], [])).toHaveLength(1)
  expect(() => toWire([large(MAX_ATTACHMENT), large(1)], [])).toThrow(`${MAX_ATTACHMENT} at most`)
})

it('takes any key for a key', () => {
  const json: Json = JSON.parse('{"__proto__":{"a":1},"constructor":2}')
  const value = fromJson(json)
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
  expect(JSON.stringify(value)).toBe('{"__proto__":{"a":1},"constructor":2}')
})
