import type { FileHandle } from 'node:fs/promises'
import { printable } from './names.ts'
import { damaged, refusal } from './refusal.ts'
import type { Central } from './zip-directory.ts'

const LOCAL = 0x04034b50
const DESCRIPTOR = 0x08074b50
const LOCAL_BYTES = 30

/** Local header and descriptor must say what the directory says. @returns where the data begin, and the entry ends */
export async function checkLocal(file: FileHandle, entry: Central, limit: number) {
  const { offset, name, flags, method, crc, packed, bytes } = entry
  const differs = () => refusal(`“${printable(entry.path)}” is described in two ways that differ`)
  if (offset + LOCAL_BYTES + name.length + packed > limit) throw damaged()
  const header = await readAt(file, offset, LOCAL_BYTES + name.length)
  if (header.readUInt32LE(0) !== LOCAL) throw damaged()
  const localFlags = header.readUInt16LE(6)
  const isLater = (flags & 8) !== 0
  if ((localFlags & 0x2049) !== (flags & 0x2049) || header.readUInt16LE(8) !== method) throw differs()
  for (const [at, value] of [
    [14, crc],
    [18, packed],
    [22, bytes],
  ] as const) {
    const said = header.readUInt32LE(at)
    // Whoever writes into a pipe knows these only afterwards: they stand in a descriptor behind the data.
    if (said !== value && !(isLater && said === 0)) throw differs()
  }
  if (header.readUInt16LE(26) !== name.length || !header.subarray(LOCAL_BYTES).equals(name)) throw differs()
  const extra = header.readUInt16LE(28)
  const start = offset + LOCAL_BYTES + name.length + extra
  if (start + packed > limit) throw damaged()
  checkExtra(await readAt(file, start - extra, extra))
  if (!isLater) return { start, end: start + packed }
  const behind = await readAt(file, start + packed, Math.min(16, limit - start - packed))
  const signed = behind.length === 16 && behind.readUInt32LE(0) === DESCRIPTOR
  for (const skip of signed ? [4, 0] : [0]) {
    const says = [crc, packed, bytes].every(
      (value, at) => behind.length >= skip + 12 && behind.readUInt32LE(skip + 4 * at) === value,
    )
    if (says) return { start, end: start + packed + skip + 12 }
  }
  throw differs()
}

/** Fields behind a name: each has a kind and a length. */
export function checkExtra(extra: Buffer): void {
  for (let at = 0; at < extra.length;) {
    if (at + 4 > extra.length) return
    if (extra.readUInt16LE(at) === 0x0001) throw zip64()
    at += 4 + extra.readUInt16LE(at + 2)
  }
}

/** @throws SeamError integrity, when there are fewer */
export async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length)
  for (let at = 0; at < length;) {
    const { bytesRead } = await file.read(buffer, at, length - at, position + at)
    if (bytesRead === 0) throw damaged()
    at += bytesRead
  }
  return buffer
}

export const zip64 = () => refusal('it is a ZIP64 archive, which no plugin needs; pack it with another program')
