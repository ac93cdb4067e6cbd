import { SeamError } from '#protocol/errors.ts'

const BLOCK = 512

export interface TarEntry {
  /** As the archive writes it; never a path to write to. */
  readonly path: string
  readonly bytes: Uint8Array
}

/**
 * Regular files of a POSIX ustar/pax archive (IEEE 1003.1, `pax`), already decompressed. Links, devices and folders are
 * passed over; only files that `wanted` accepts are held in memory. @throws SeamError integrity
 */
export async function* readTar(
  source: AsyncIterable<Uint8Array>,
  wanted: (path: string, size: number) => boolean,
): AsyncIterable<TarEntry> {
  const input = new Pieces(source)
  let longName: string | undefined
  for (;;) {
    const header = await input.take(BLOCK)
    if (!header || header.every(byte => byte === 0)) return
    if (!checksumHolds(header))
      throw new SeamError('integrity', 'The archive is damaged: a header’s checksum is wrong.')
    const size = number(header.subarray(124, 136))
    const padded = Math.ceil(size / BLOCK) * BLOCK
    const type = String.fromCharCode(header[156]!)
    if (type === 'x' || type === 'L') {
      if (size > 1 << 20) throw new SeamError('integrity', 'The archive is damaged: a file name is too long.')
      const body = await input.need(padded)
      longName = type === 'L' ? text(body.subarray(0, size)) : (paxPath(body.subarray(0, size)) ?? longName)
      continue
    }
    const prefix = text(header.subarray(345, 500))
    const path = longName ?? (prefix ? `${prefix}/` : '') + text(header.subarray(0, 100))
    longName = undefined
    if ((type === '0' || type === '\0') && wanted(path, size)) {
      yield { path, bytes: (await input.need(padded)).slice(0, size) }
    } else {
      await input.skip(padded)
    }
  }
}

/** Fixed-size reads from pieces of any size. */
class Pieces {
  readonly #source: AsyncIterator<Uint8Array>
  #held: Uint8Array[] = []
  #length = 0

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]()
  }

  /** Exactly `count` bytes, or undefined at a clean end. */
  async take(count: number): Promise<Uint8Array | undefined> {
    while (this.#length < count) {
      const next = await this.#source.next()
      if (next.done) {
        if (this.#length === 0) return undefined
        throw new SeamError('integrity', 'The archive ends in the middle of a file.')
      }
      this.#held.push(next.value)
      this.#length += next.value.length
    }
    const out = new Uint8Array(count)
    for (let at = 0; at < count;) {
      const piece = this.#held[0]!
      const part = piece.subarray(0, count - at)
      out.set(part, at)
      at += part.length
      if (part.length === piece.length) this.#held.shift()
      else this.#held[0] = piece.subarray(part.length)
    }
    this.#length -= count
    return out
  }

  async need(count: number): Promise<Uint8Array> {
    if (count === 0) return new Uint8Array()
    const bytes = await this.take(count)
    if (!bytes) throw new SeamError('integrity', 'The archive ends in the middle of a file.')
    return bytes
  }

  async skip(count: number): Promise<void> {
    for (let left = count; left > 0; left -= 1 << 16) await this.need(Math.min(left, 1 << 16))
  }
}

/** Octal digits, or GNU's base 256 for sizes of 8 GiB and more. */
function number(field: Uint8Array): number {
  if (field[0]! & 0x80) return field.slice(1).reduce((sum, byte) => sum * 256 + byte, 0)
  const value = Number.parseInt(text(field).trim() || '0', 8)
  if (!Number.isSafeInteger(value) || value < 0)
    throw new SeamError('integrity', 'The archive is damaged: a size is wrong.')
  return value
}

function text(field: Uint8Array): string {
  const end = field.indexOf(0)
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end))
}

function checksumHolds(header: Uint8Array): boolean {
  let sum = 0
  for (let at = 0; at < BLOCK; at++) sum += at >= 148 && at < 156 ? 32 : header[at]!
  return sum === number(header.subarray(148, 156))
}

function paxPath(body: Uint8Array): string | undefined {
  return /(?:^|\n)\d+ path=([^\n]*)\n/.exec(new TextDecoder().decode(body))?.[1]
}
