import { streamingSha256, type StreamingHash } from './hash.ts'
import type { ModelCache, PartNote } from './model-cache.ts'

/** Bytes held back before they are stored: what a crash in mid-download can lose. */
export const PART_BYTES = 4 << 20

/** The beginning of a file, growing: kept in the cache part by part, hashed on the way. */
export interface Partial {
  /** Bytes so far, stored or about to be. */
  readonly bytes: number
  /** What came with the stored bytes: the address they are from, and its validator. */
  readonly url: string | undefined
  readonly etag: string | undefined
  /** @throws SeamError quota */
  append(bytes: Uint8Array, from: { url: string; etag: string | undefined }): Promise<void>
  /** Stores what is held back. */
  flush(): Promise<void>
  /** Forgets everything: the next byte is the file's first. */
  clear(): Promise<void>
  /** SHA-256 of all bytes, and the number of parts; nothing can be appended afterwards. */
  finish(): Promise<{ sha256: string; parts: number }>
}

/** Takes up what an earlier try left of the file with this hash, or begins anew. */
export async function openPartial(
  cache: ModelCache,
  address: string,
  sha256: string,
  partBytes: number = PART_BYTES,
): Promise<Partial> {
  let hash: StreamingHash = await streamingSha256()
  let parts = 0
  let bytes = 0
  let held: Uint8Array[] = []
  let heldBytes = 0
  let url: string | undefined
  let etag: string | undefined

  for (const part of await cache.parts(address, sha256)) {
    const body = await cache.readPart(address, parts)
    if (!body || body.length !== part.bytes) break
    hash.update(body)
    bytes += body.length
    parts++
    url = part.url
    etag = part.etag
  }

  // What is left belongs to another edition of the file, or to nothing.
  if (parts === 0) await cache.drop(address)

  const flush = async () => {
    if (heldBytes === 0) return
    const body = new Uint8Array(heldBytes)
    let at = 0
    for (const each of held) {
      body.set(each, at)
      at += each.length
    }
    const note: PartNote = { sha256, ...(url ? { url } : {}), ...(etag ? { etag } : {}) }
    held = []
    heldBytes = 0
    try {
      await cache.putPart(address, parts, body, note)
      parts++
    } catch (error) {
      // The hash has run ahead of what is stored; whoever tries again opens the partial anew.
      bytes -= body.length
      throw error
    }
  }

  return {
    get bytes() {
      return bytes
    },
    get url() {
      return url
    },
    get etag() {
      return etag
    },
    async append(chunk, from) {
      url = from.url
      etag = from.etag
      hash.update(chunk)
      held.push(chunk)
      heldBytes += chunk.length
      bytes += chunk.length
      if (heldBytes >= partBytes) await flush()
    },
    flush,
    async clear() {
      hash = await streamingSha256()
      parts = bytes = heldBytes = 0
      held = []
      url = etag = undefined
      await cache.drop(address)
    },
    async finish() {
      await flush()
      return { sha256: hash.digest(), parts }
    },
  }
}
