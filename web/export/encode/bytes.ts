const encoder = new TextEncoder()

export const utf8 = (text: string): Uint8Array<ArrayBuffer> => encoder.encode(text)

export function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** Characters as bytes, each below 256. */
export const latin1 = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(text, character => Math.min(255, character.codePointAt(0) ?? 63))

function numbers(size: number, write: (view: DataView) => void): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size)
  write(new DataView(bytes.buffer))
  return bytes
}

export const u8 = (value: number): Uint8Array<ArrayBuffer> => Uint8Array.of(value)
export const u16 = (value: number): Uint8Array<ArrayBuffer> => numbers(2, view => view.setUint16(0, value))
export const u32 = (value: number): Uint8Array<ArrayBuffer> => numbers(4, view => view.setUint32(0, value))
export const u64 = (value: number): Uint8Array<ArrayBuffer> => numbers(8, view => view.setBigUint64(0, BigInt(value)))

/** At most `limit` bytes of UTF-8, cut between characters. */
export function utf8Within(text: string, limit: number): Uint8Array<ArrayBuffer> {
  const bytes = utf8(text)
  if (bytes.length <= limit) return bytes
  let end = limit
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--
  return bytes.slice(0, end)
}
