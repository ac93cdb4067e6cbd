// Protocol Buffers wire format, as much as ONNX files need:
// https://protobuf.dev/programming-guides/encoding/ (varint, 64-bit, length-delimited, 32-bit).

import { SeamError } from '#protocol/errors.ts'

/** One field of a message. `data` and `whole` are views into the bytes that were read: nothing is copied. */
export interface Field {
  readonly id: number
  readonly wire: 0 | 1 | 2 | 5
  /** The value of a varint (wire 0), unsigned 64 bits; 0n otherwise. */
  readonly varint: bigint
  /** The payload of wires 1, 2 and 5. */
  readonly data: Uint8Array
  /** Tag and payload, to be written back untouched. */
  readonly whole: Uint8Array
}

const EMPTY: Uint8Array = new Uint8Array(0)

/** Reads a message field by field; throws `integrity` when the bytes end early or hold a wire type of no ONNX file. */
export function* readFields(bytes: Uint8Array): Generator<Field> {
  const cursor = { at: 0 }
  while (cursor.at < bytes.length) {
    const start = cursor.at
    const tag = Number(readVarint(bytes, cursor))
    const wire = tag & 7
    let varint = 0n
    let data: Uint8Array = EMPTY
    if (wire === 0) varint = readVarint(bytes, cursor)
    else if (wire === 1) data = take(bytes, cursor, 8)
    else if (wire === 2) data = take(bytes, cursor, Number(readVarint(bytes, cursor)))
    else if (wire === 5) data = take(bytes, cursor, 4)
    else throw damaged(`wire type ${wire} at byte ${start}`)
    yield { id: tag >>> 3, wire: wire as Field['wire'], varint, data, whole: bytes.subarray(start, cursor.at) }
  }
}

function readVarint(bytes: Uint8Array, cursor: { at: number }): bigint {
  let low = 0
  for (let shift = 0; shift < 28; shift += 7) {
    const byte = bytes[cursor.at++]
    if (byte === undefined) throw damaged('the file ends inside a number')
    low |= (byte & 0x7f) << shift
    if (byte < 0x80) return BigInt(low)
  }
  let value = BigInt(low)
  for (let shift = 28n; shift < 70n; shift += 7n) {
    const byte = bytes[cursor.at++]
    if (byte === undefined) throw damaged('the file ends inside a number')
    value |= BigInt(byte & 0x7f) << shift
    if (byte < 0x80) return BigInt.asUintN(64, value)
  }
  throw damaged(`a number of more than ten bytes before byte ${cursor.at}`)
}

function take(bytes: Uint8Array, cursor: { at: number }, length: number): Uint8Array {
  const end = cursor.at + length
  if (end > bytes.length) throw damaged(`a field of ${length} bytes at byte ${cursor.at} of ${bytes.length}`)
  const view = bytes.subarray(cursor.at, end)
  cursor.at = end
  return view
}

function damaged(what: string): SeamError {
  return new SeamError('integrity', `The model file is damaged (${what}). Remove it and fetch it again.`, {
    retryable: false,
  })
}

/** Repeated varints: packed (wire 2) or one a field (wire 0), as signed 64-bit numbers. */
export function readInts(field: Field): number[] {
  if (field.wire === 0) return [Number(BigInt.asIntN(64, field.varint))]
  const cursor = { at: 0 }
  const values: number[] = []
  while (cursor.at < field.data.length) values.push(Number(BigInt.asIntN(64, readVarint(field.data, cursor))))
  return values
}

/** Repeated 32-bit floats: packed (wire 2) or one a field (wire 5). */
export function readFloats(field: Field): number[] {
  const view = new DataView(field.data.buffer, field.data.byteOffset, field.data.byteLength)
  return Array.from({ length: view.byteLength >> 2 }, (_, index) => view.getFloat32(index * 4, true))
}

const decoder = new TextDecoder()
const encoder = new TextEncoder()

export function readText(field: Field): string {
  return decoder.decode(field.data)
}

/**
 * Collects a message as a list of byte runs. Large payloads stay views until `finish` copies everything once into a
 * buffer of the exact size.
 */
export class MessageWriter {
  private readonly parts: Uint8Array[] = []
  /** Bytes so far. */
  size = 0

  raw(bytes: Uint8Array): this {
    this.parts.push(bytes)
    this.size += bytes.length
    return this
  }

  varint(id: number, value: number | bigint): this {
    return this.raw(encodeVarint(id << 3)).raw(encodeVarint(value))
  }

  float(id: number, value: number): this {
    const bytes = new Uint8Array(4)
    new DataView(bytes.buffer).setFloat32(0, value, true)
    return this.raw(encodeVarint((id << 3) | 5)).raw(bytes)
  }

  bytes(id: number, value: Uint8Array): this {
    return this.raw(encodeVarint((id << 3) | 2))
      .raw(encodeVarint(value.length))
      .raw(value)
  }

  text(id: number, value: string): this {
    return this.bytes(id, encoder.encode(value))
  }

  message(id: number, value: MessageWriter): this {
    this.raw(encodeVarint((id << 3) | 2)).raw(encodeVarint(value.size))
    for (const part of value.parts) this.parts.push(part)
    this.size += value.size
    return this
  }

  finish(): Uint8Array<ArrayBuffer> {
    const out = new Uint8Array(this.size)
    let at = 0
    for (const part of this.parts) {
      out.set(part, at)
      at += part.length
    }
    return out
  }
}

function encodeVarint(value: number | bigint): Uint8Array {
  if (typeof value === 'number' && value >= 0 && value < 128) return Uint8Array.of(value)
  let rest = BigInt.asUintN(64, BigInt(value))
  const bytes: number[] = []
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80)
    rest >>= 7n
  }
  bytes.push(Number(rest))
  return Uint8Array.from(bytes)
}
