import type { FileHandle } from 'node:fs/promises'
import { crc32, createInflateRaw } from 'node:zlib'
import type { ArchiveEntry } from './archive.ts'
import { printable } from './names.ts'
import { damaged, refusal } from './refusal.ts'
import { readZipDirectory, STORED, type ZipItem } from './zip-directory.ts'

/** Packed bytes read at once. */
const SLICE = 64 * 1024

/** Entries of a zip, all of which were judged before the first is given. @throws SeamError bad-input, integrity */
export async function* readZip(file: FileHandle, size: number): AsyncGenerator<ArchiveEntry> {
  for (const item of await readZipDirectory(file, size)) yield { ...item, content: () => contentOf(file, item) }
}

/** Stops as soon as more comes out than was announced. */
async function* contentOf(file: FileHandle, item: ZipItem): AsyncGenerator<Uint8Array> {
  let [bytes, crc] = [0, 0]
  for await (const piece of item.method === STORED ? packedBytes(file, item) : inflated(file, item)) {
    bytes += piece.length
    if (bytes > item.bytes) throw refusal(`“${printable(item.path)}” unpacks to more than it says`)
    crc = crc32(piece, crc)
    yield piece
  }
  if (bytes !== item.bytes || crc !== item.crc) throw damaged()
}

async function* packedBytes(file: FileHandle, { start, packed }: ZipItem): AsyncGenerator<Buffer> {
  for (let at = 0; at < packed;) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(Math.min(SLICE, packed - at)), 0, undefined, start + at)
    if (bytesRead === 0) throw damaged()
    yield buffer.subarray(0, bytesRead)
    at += bytesRead
  }
}

async function* inflated(file: FileHandle, item: ZipItem): AsyncGenerator<Buffer> {
  const inflate = createInflateRaw()
  const feeding = feed(packedBytes(file, item), inflate)
  try {
    for await (const piece of inflate) yield piece as Buffer
    // What stands behind the end of the packed data belongs to nothing.
    if (inflate.bytesWritten !== item.packed) throw damaged()
  } catch (error) {
    throw (error as { name?: string }).name === 'SeamError' ? error : damaged(error)
  } finally {
    inflate.destroy()
    await feeding
  }
}

/** Ends by itself when the reader has gone. */
export async function feed(source: AsyncIterable<Uint8Array>, target: NodeJS.WritableStream & { destroyed?: boolean }) {
  try {
    for await (const piece of source) {
      if (target.destroyed) return
      if (!target.write(piece)) {
        const { promise, resolve } = Promise.withResolvers<void>()
        target.once('drain', resolve).once('close', resolve)
        await promise
        target.off('drain', resolve).off('close', resolve)
      }
    }
    if (!target.destroyed) target.end()
  } catch (error) {
    ;(target as unknown as { destroy(error: unknown): void }).destroy(error)
  }
}
