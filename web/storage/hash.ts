import type { IHasher } from 'hash-wasm'

const toHex = (bytes: Uint8Array): string => Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')

/** SHA-256 of bytes that are all in memory, lower-case hex. Native, thus faster than the streaming one. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)))
}

export interface StreamingHash {
  update(bytes: Uint8Array): void
  /** Lower-case hex; the hash takes no more bytes afterwards. */
  digest(): string
}

/** SHA-256 over bytes as they arrive: WebCrypto only hashes what is wholly in memory. */
export async function streamingSha256(): Promise<StreamingHash> {
  // Loaded at the first download; nothing else needs it.
  const { createSHA256 } = await import('hash-wasm')
  const hasher: IHasher = (await createSHA256()).init()
  return { update: bytes => void hasher.update(bytes), digest: () => hasher.digest('hex') }
}

const table = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value
})

/** CRC-32 as ZIP uses it (ISO 3309, polynomial 0xedb88320). @param before the value so far, to go on from */
export function crc32(bytes: Uint8Array, before = 0): number {
  let value = ~before
  for (let index = 0; index < bytes.length; index++) {
    value = (value >>> 8) ^ table[(value ^ bytes[index]!) & 0xff]!
  }
  return ~value >>> 0
}
