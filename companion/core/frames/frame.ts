import { MAX_CONTROL, MAX_PAYLOAD } from '#protocol/plugins.ts'

/** The highest bit of a header marks a control frame. docs/plugin-protocol.md, 2. */
export const CONTROL_BIT = 0x8000_0000
export const HEADER_BYTES = 4

export interface Header {
  readonly control: boolean
  /** Bytes of content. */
  readonly length: number
}

export function readHeader(bytes: Uint8Array, at = 0): Header {
  const value = (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0
  return { control: value >= CONTROL_BIT, length: value & 0x7fff_ffff }
}

export const isWithinLimit = ({ control, length }: Header): boolean => length <= (control ? MAX_CONTROL : MAX_PAYLOAD)

export function writeHeader(length: number, control = false): Buffer {
  const header = Buffer.allocUnsafe(HEADER_BYTES)
  header.writeUInt32LE(control ? length + CONTROL_BIT : length)
  return header
}

/** A whole frame. */
export function frame(content: Uint8Array | string, control = false): Buffer {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  return Buffer.concat([writeHeader(bytes.length, control), bytes])
}
