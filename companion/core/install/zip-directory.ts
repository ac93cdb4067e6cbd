import type { FileHandle } from 'node:fs/promises'
import { Budget, checkRatio } from './budget.ts'
import { EntryNames, MAX_ENTRIES, printable, type CheckedPath, type EntryKind } from './names.ts'
import { damaged, refusal } from './refusal.ts'
import { checkExtra, checkLocal, readAt, zip64 } from './zip-local.ts'

// A reader of our own: general ones go by the local headers or by the directory, and where the two differ an archive
// means one thing to whoever looks at it and another to whoever unpacks it. APPNOTE 6.3.10, sections 4.3 and 4.4.

const END = 0x06054b50
const ZIP64_LOCATOR = 0x07064b50
const CENTRAL = 0x02014b50
const [END_BYTES, CENTRAL_BYTES] = [22, 46]
const MAX_COMMENT = 0xffff
/** Bytes of the directory. */
const MAX_DIRECTORY = 16 << 20
export const [STORED, DEFLATED] = [0, 8]

/** One entry, whose two headers agree, and whose bytes are its own. */
export interface ZipItem extends CheckedPath {
  readonly kind: EntryKind
  readonly executable: boolean
  readonly method: number
  readonly crc: number
  readonly packed: number
  readonly bytes: number
  /** Where the packed bytes begin. */
  readonly start: number
}

/** An entry as the directory describes it. */
export interface Central extends Omit<ZipItem, 'start'> {
  readonly name: Buffer
  readonly flags: number
  readonly offset: number
}

/** Reads and judges a whole zip before anything of it is unpacked. @throws SeamError bad-input, integrity */
export async function readZipDirectory(file: FileHandle, size: number): Promise<ZipItem[]> {
  const { count, start, length } = await findEnd(file, size)
  const directory = await readAt(file, start, length)
  const [names, budget] = [new EntryNames(), new Budget()]
  const items: ZipItem[] = []
  const spans: (readonly [number, number])[] = []
  let at = 0
  for (let index = 0; index < count; index++) {
    if (at + CENTRAL_BYTES > length || directory.readUInt32LE(at) !== CENTRAL) throw damaged()
    const rest = [28, 30, 32].map(offset => directory.readUInt16LE(at + offset)) as [number, number, number]
    const end = at + CENTRAL_BYTES + rest[0] + rest[1] + rest[2]
    if (end > length) throw damaged()
    const entry = readCentral(directory.subarray(at, end), rest[0], rest[1], names)
    at = end
    if (!entry) continue
    budget.announce(entry.path, entry.bytes)
    checkRatio(entry.bytes, entry.packed, `“${printable(entry.path)}”`)
    const place = await checkLocal(file, entry, start)
    spans.push([entry.offset, place.end])
    items.push({ ...entry, start: place.start })
  }
  if (at !== length) throw damaged()
  spans.sort((a, b) => a[0] - b[0])
  if (spans.some(([begin], index) => index > 0 && begin < spans[index - 1]![1]))
    throw refusal('several of its files share the same bytes')
  return items
}

async function findEnd(file: FileHandle, size: number) {
  const tailAt = Math.max(0, size - END_BYTES - MAX_COMMENT)
  const tail = await readAt(file, tailAt, size - tailAt)
  for (let at = tail.length - END_BYTES; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== END || at + END_BYTES + tail.readUInt16LE(at + 20) !== tail.length) continue
    const [disk, first, here, count] = [4, 6, 8, 10].map(offset => tail.readUInt16LE(at + offset))
    const [length, start] = [tail.readUInt32LE(at + 12), tail.readUInt32LE(at + 16)]
    const hasLocator = at >= 20 && tail.readUInt32LE(at - 20) === ZIP64_LOCATOR
    if (hasLocator || count === 0xffff || start === 0xffffffff || length === 0xffffffff) throw zip64()
    if (disk !== 0 || first !== 0 || here !== count) throw refusal('it is one part of several')
    if (count! > MAX_ENTRIES) throw refusal(`it holds more than ${MAX_ENTRIES} files and folders`)
    if (start + length !== tailAt + at) throw damaged()
    if (length > MAX_DIRECTORY) throw refusal('its table of contents is too large')
    return { count: count!, start, length }
  }
  throw damaged()
}

/** @returns undefined for the archive's own root */
function readCentral(record: Buffer, nameLength: number, extraLength: number, names: EntryNames): Central | undefined {
  const name = record.subarray(CENTRAL_BYTES, CENTRAL_BYTES + nameLength)
  const shown = printable(name.toString('utf8'))
  const flags = record.readUInt16LE(8)
  const method = record.readUInt16LE(10)
  const [crc, packed, bytes] = [16, 20, 24].map(offset => record.readUInt32LE(offset)) as [number, number, number]
  const [offset, attributes] = [record.readUInt32LE(42), record.readUInt32LE(38)]
  if (flags & 0x2041) throw refusal(`“${shown}” is encrypted`)
  if ([packed, bytes, offset].includes(0xffffffff)) throw zip64()
  checkExtra(record.subarray(CENTRAL_BYTES + nameLength, CENTRAL_BYTES + nameLength + extraLength))
  if (record.readUInt16LE(34) !== 0) throw refusal('it is one part of several')
  if (method !== STORED && method !== DEFLATED) throw refusal(`“${shown}” is packed in a way that is not known here`)
  if (method === STORED && packed !== bytes) throw damaged()
  const kind: EntryKind = name.at(-1) === 0x2f ? 'folder' : 'file'
  const mode = attributes >>> 16
  checkType(mode & 0o170000, kind, shown)
  if (kind === 'folder' && bytes !== 0) throw refusal(`the folder “${shown}” has a content`)
  const checked = names.add(name, kind)
  // Nothing but 0o100 of the mode is ever looked at again.
  return (
    checked && { ...checked, kind, executable: (mode & 0o100) !== 0, method, crc, packed, bytes, name, flags, offset }
  )
}

/** The type that Unix packers write into the upper half of the attributes. */
function checkType(type: number, kind: EntryKind, shown: string): void {
  if (type === 0 || type === (kind === 'folder' ? 0o040000 : 0o100000)) return
  if (type === 0o120000) throw refusal(`“${shown}” is a link`)
  if (type === 0o040000 || type === 0o100000) throw refusal(`“${shown}” is a file and a folder at once`)
  throw refusal(`“${shown}” is neither a file nor a folder`)
}
