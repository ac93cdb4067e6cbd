import { SeamError } from '#protocol/errors.ts'
import { MAX_PNG_CHUNKS } from '../limits.ts'
import { fromLatin1, latin1, type Bytes } from './bytes.ts'

// Chunks of a PNG (W3C PNG, third edition, 5): length, type, data, CRC-32 of type and data.

/** CRC-32 of ISO 3309. Both sides have a quick one of their own. */
export type Crc32 = (bytes: Uint8Array) => number

export interface PngChunk {
  readonly type: string
  readonly data: Uint8Array
}

export const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
/** Length, type and CRC. */
const FRAME = 12

export const isPng = (bytes: Uint8Array): boolean => PNG_SIGNATURE.every((byte, at) => bytes[at] === byte)

/** @throws SeamError integrity when it is cut short or damaged, bad-input when it is no PNG or has too many chunks */
export function readChunks(png: Uint8Array, crc32: Crc32): PngChunk[] {
  if (!isPng(png)) throw new SeamError('bad-input', 'This file is not a PNG picture. Nothing was imported.')
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength)
  const chunks: PngChunk[] = []
  let at = PNG_SIGNATURE.length
  while (chunks.at(-1)?.type !== 'IEND') {
    if (chunks.length === MAX_PNG_CHUNKS) {
      throw new SeamError(
        'bad-input',
        `The picture has more than ${MAX_PNG_CHUNKS} parts, which no picture needs. Nothing was imported.`,
      )
    }
    const length = at + FRAME <= png.length ? view.getUint32(at) : Infinity
    if (at + FRAME + length > png.length) throw damaged('is cut short')
    const type = latin1(png.subarray(at + 4, at + 8))
    if (!/^[A-Za-z]{4}$/.test(type)) throw damaged('is damaged')
    if (crc32(png.subarray(at + 4, at + 8 + length)) !== view.getUint32(at + 8 + length)) {
      throw damaged(`is damaged: its part “${type}” does not match its check sum`)
    }
    chunks.push({ type, data: png.subarray(at + 8, at + 8 + length) })
    at += FRAME + length
  }
  if (chunks[0]?.type !== 'IHDR') throw damaged('is damaged')
  return chunks
}

export function writeChunks(chunks: readonly PngChunk[], crc32: Crc32): Bytes {
  const total = chunks.reduce((sum, { data }) => sum + FRAME + data.length, PNG_SIGNATURE.length)
  const png = new Uint8Array(total)
  const view = new DataView(png.buffer)
  png.set(PNG_SIGNATURE)
  let at = PNG_SIGNATURE.length
  for (const { type, data } of chunks) {
    view.setUint32(at, data.length)
    png.set(fromLatin1(type), at + 4)
    png.set(data, at + 8)
    view.setUint32(at + 8 + data.length, crc32(png.subarray(at + 4, at + 8 + data.length)))
    at += FRAME + data.length
  }
  return png
}

/** A tEXt chunk: a keyword of Latin-1 letters, a zero, text. */
export function textChunk(keyword: string, text: string): PngChunk {
  return { type: 'tEXt', data: fromLatin1(`${keyword}\0${text}`) }
}

/** The keyword of a tEXt chunk, in lower case; undefined for any other chunk. */
export function keywordOf({ type, data }: PngChunk): string | undefined {
  if (type !== 'tEXt') return undefined
  // At most 79 letters; what is longer is not ours.
  const end = data.subarray(0, 80).indexOf(0)
  return end < 0 ? undefined : latin1(data.subarray(0, end)).toLowerCase()
}

export function textOf({ data }: PngChunk): string {
  return latin1(data.subarray(data.indexOf(0) + 1))
}

function damaged(how: string): SeamError {
  return new SeamError('integrity', `The picture ${how}. Nothing was imported; get the file again.`, {
    retryable: false,
  })
}
