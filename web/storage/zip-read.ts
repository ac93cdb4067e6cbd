import { Inflate } from 'fflate'
import { SeamError } from '#protocol/errors.ts'
import { crc32 } from './hash.ts'
import { CENTRAL, CENTRAL_BYTES, DEFLATED, END, END_BYTES, LOCAL, LOCAL_BYTES, MAX_ZIP_ENTRIES, STORED } from './zip.ts'

/** Entries of one archive. */
export const MAX_ENTRIES = MAX_ZIP_ENTRIES
/** Bytes of all entries together, unpacked. */
export const MAX_TOTAL_BYTES = 0xffff_fffe
/** Unpacked bytes for each packed one. Text packs about 4 to 1, silence stays below 200. */
export const MAX_RATIO = 200
/** Bytes of the directory: names are short. */
export const MAX_DIRECTORY_BYTES = 32 << 20
/** A comment may follow the end record, up to this long. */
const MAX_COMMENT = 0xffff
/** Packed bytes unpacked in one go: DEFLATE can make 1032 of each. */
const SLICE = 16_384

export interface ZipEntry {
  readonly name: string
  /** Unpacked. */
  readonly bytes: number
  /** @throws SeamError integrity when the bytes are damaged, bad-input when they unpack to more than they say */
  read(): Promise<Uint8Array<ArrayBuffer>>
}

/**
 * Reads a zip's directory and refuses what no archive of ours has, before anything is unpacked: names that lead
 * elsewhere or collide, links, encryption, overlaps, bombs. Entries are read from the file when asked for.
 * @param blob read in slices, never whole
 * @param allowed bytes that an entry of this name may unpack to; undefined refuses the name
 * @throws SeamError bad-input, integrity
 */
export async function readZip(blob: Blob, allowed: (name: string) => number | undefined): Promise<ZipEntry[]> {
  const { count, start, length } = await findDirectory(blob)
  if (count > MAX_ENTRIES) throw refusal(`it holds more than ${MAX_ENTRIES} files`)
  if (length > MAX_DIRECTORY_BYTES) throw refusal('its table of contents is too large')
  const directory = await viewOf(blob, start, length)
  const entries: (ZipEntry & { offset: number; end: number })[] = []
  const names = new Set<string>()
  let total = 0
  let at = 0
  for (let index = 0; index < count; index++) {
    if (at + CENTRAL_BYTES > length || directory.getUint32(at, true) !== CENTRAL) throw damaged()
    const flags = directory.getUint16(at + 8, true)
    const method = directory.getUint16(at + 10, true)
    const crc = directory.getUint32(at + 16, true)
    const packed = directory.getUint32(at + 20, true)
    const bytes = directory.getUint32(at + 24, true)
    const nameLength = directory.getUint16(at + 28, true)
    const rest = directory.getUint16(at + 30, true) + directory.getUint16(at + 32, true)
    const mode = directory.getUint32(at + 38, true) >>> 16
    const offset = directory.getUint32(at + 42, true)
    if (at + CENTRAL_BYTES + nameLength + rest > length) throw damaged()
    const name = decodeName(new Uint8Array(directory.buffer, at + CENTRAL_BYTES, nameLength))
    at += CENTRAL_BYTES + nameLength + rest

    checkName(name, names)
    const most = allowed(name)
    if (most === undefined) throw refusal(`it holds “${printable(name)}”, which belongs to no project`)
    if ((mode & 0xf000) === 0xa000) throw refusal(`“${name}” is a link`)
    if (flags & 1) throw refusal(`“${name}” is encrypted`)
    if (method !== STORED && method !== DEFLATED) throw refusal(`“${name}” is packed in an unknown way`)
    if (packed === 0xffffffff || bytes === 0xffffffff || offset === 0xffffffff) throw refusal('it is a ZIP64 archive')
    if (bytes > most) throw refusal(`“${name}” is too large (${bytes} bytes; at most ${most} are taken)`)
    total += bytes
    if (total > MAX_TOTAL_BYTES) throw refusal('it unpacks to more than 4 GB')
    if (bytes > packed * MAX_RATIO) throw refusal(`“${name}” unpacks to more than ${MAX_RATIO} times its size`)
    if (method === STORED && packed !== bytes) throw damaged()
    if (offset + LOCAL_BYTES + packed > start) throw damaged()
    const read = () => readEntry(blob, { name, method, crc, packed, bytes, offset, limit: start })
    entries.push({ name, bytes, read, offset, end: offset + LOCAL_BYTES + nameLength + packed })
  }
  if (at !== length) throw damaged()
  const inOrder = [...entries].sort((a, b) => a.offset - b.offset)
  if (inOrder.some((entry, index) => index > 0 && entry.offset < inOrder[index - 1]!.end)) {
    throw refusal('several of its files share the same bytes')
  }
  return entries
}

async function findDirectory(blob: Blob): Promise<{ count: number; start: number; length: number }> {
  const tail = await viewOf(
    blob,
    Math.max(0, blob.size - END_BYTES - MAX_COMMENT),
    Math.min(blob.size, END_BYTES + MAX_COMMENT),
  )
  for (let at = tail.byteLength - END_BYTES; at >= 0; at--) {
    if (tail.getUint32(at, true) !== END) continue
    if (at + END_BYTES + tail.getUint16(at + 20, true) !== tail.byteLength) continue
    if (tail.getUint16(at + 4, true) !== 0 || tail.getUint16(at + 6, true) !== 0)
      throw refusal('it is one part of several')
    const count = tail.getUint16(at + 10, true)
    const length = tail.getUint32(at + 12, true)
    const start = tail.getUint32(at + 16, true)
    if (start === 0xffffffff || count === 0xffff) throw refusal('it is a ZIP64 archive')
    const end = blob.size - tail.byteLength + at
    if (start + length !== end) throw damaged()
    return { count, start, length }
  }
  const begins = blob.size >= 4 && (await viewOf(blob, 0, 4)).getUint32(0, true) === LOCAL
  throw begins
    ? damaged()
    : new SeamError('bad-input', 'This file is not a Voxloom project: it is not a zip archive. Nothing was imported.')
}

interface Place {
  readonly name: string
  readonly method: number
  readonly crc: number
  readonly packed: number
  readonly bytes: number
  readonly offset: number
  /** Where the directory begins. */
  readonly limit: number
}

async function readEntry(blob: Blob, { name, method, crc, packed, bytes, offset, limit }: Place) {
  const header = await viewOf(blob, offset, LOCAL_BYTES)
  if (header.getUint32(0, true) !== LOCAL) throw damaged()
  const nameLength = header.getUint16(26, true)
  const start = offset + LOCAL_BYTES + nameLength + header.getUint16(28, true)
  if (start + packed > limit) throw damaged()
  // Two names for one entry: some programs go by the one, some by the other.
  const local = decodeName(new Uint8Array((await viewOf(blob, offset + LOCAL_BYTES, nameLength)).buffer))
  if (local !== name) throw refusal(`“${name}” has a second name`)
  const body = new Uint8Array(await blob.slice(start, start + packed).arrayBuffer())
  const whole = method === STORED ? body : inflate(body, bytes, name)
  if (whole.length !== bytes || crc32(whole) !== crc) {
    throw new SeamError('integrity', `“${name}” in the archive is damaged. Nothing was imported; get the file again.`)
  }
  return whole
}

/** Stops as soon as more comes out than was announced. */
function inflate(packed: Uint8Array<ArrayBuffer>, bytes: number, name: string): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(bytes)
  let at = 0
  let over = false
  const stream = new Inflate(chunk => {
    if (at + chunk.length > bytes) over = true
    else whole.set(chunk, at)
    at += chunk.length
  })
  try {
    for (let from = 0; from < packed.length && !over; from += SLICE) {
      stream.push(packed.subarray(from, from + SLICE), from + SLICE >= packed.length)
    }
  } catch (cause) {
    throw new SeamError('integrity', `“${name}” in the archive is damaged. Nothing was imported; get the file again.`, {
      cause,
    })
  }
  if (over) throw refusal(`“${name}” unpacks to more than it says`)
  return whole.subarray(0, at)
}

function checkName(name: string, seen: Set<string>): void {
  const shown = printable(name)
  if (name.startsWith('/') || name.startsWith('\\') || /^[a-z]:/i.test(name))
    throw refusal(`“${shown}” has an absolute path`)
  if (name.split(/[/\\]/).some(part => part === '..' || part === '.'))
    throw refusal(`“${shown}” leads out of the archive`)
  if (name === '' || /[\\\0-\x1f\x7f]/.test(name)) throw refusal(`the name “${shown}” is not a plain one`)
  // Names that only differ in case or in how accents are written are one file on many disks.
  const folded = name.normalize('NFKC').toLowerCase()
  if (seen.has(folded)) throw refusal(`it holds “${shown}” twice`)
  seen.add(folded)
}

function decodeName(bytes: Uint8Array<ArrayBuffer>): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw refusal('a name in it is not UTF-8')
  }
}

const printable = (name: string): string => name.slice(0, 80).replace(/[\0-\x1f\x7f]/g, '�')

async function viewOf(blob: Blob, start: number, length: number): Promise<DataView<ArrayBuffer>> {
  const buffer = await blob.slice(start, start + length).arrayBuffer()
  if (buffer.byteLength !== length) throw damaged()
  return new DataView(buffer)
}

function refusal(why: string): SeamError {
  return new SeamError('bad-input', `This archive was refused: ${why}. Nothing was imported.`)
}

function damaged(): SeamError {
  return new SeamError(
    'integrity',
    'This archive is damaged or was cut short. Nothing was imported; get the file again, or export it once more.',
    { retryable: false },
  )
}
