import { damaged, refusal } from './refusal.ts'

/** Everything in a tar comes in blocks of so many bytes. */
export const BLOCK = 512

export interface TarHeader {
  readonly name: Buffer
  readonly size: number
  readonly mode: number
  /** One letter: POSIX.1-2024 `pax`, “ustar Interchange Format”, and GNU's additions. */
  readonly type: string
}

/** @throws SeamError integrity, bad-input */
export function readHeader(block: Buffer): TarHeader {
  let sum = 0
  for (let at = 0; at < BLOCK; at++) sum += at >= 148 && at < 156 ? 32 : block[at]!
  if (sum !== number(block.subarray(148, 156))) throw damaged()
  const magic = block.toString('latin1', 257, 263)
  // GNU keeps other things where POSIX has the first half of a long name.
  const prefix = magic === 'ustar\0' ? text(block.subarray(345, 500)) : Buffer.alloc(0)
  const name = text(block.subarray(0, 100))
  return {
    name: prefix.length > 0 ? Buffer.concat([prefix, Buffer.from('/'), name]) : name,
    size: number(block.subarray(124, 136)),
    mode: number(block.subarray(100, 108)),
    type: String.fromCharCode(block[156]!),
  }
}

/** Octal digits. The other form is for sizes beyond 8 GiB, which nothing here may have. */
function number(field: Buffer): number {
  if (field[0]! & 0x80) throw refusal('a file in it is larger than any may be')
  const digits = text(field).toString('latin1').trim()
  if (!/^[0-7]*$/.test(digits)) throw damaged()
  return digits === '' ? 0 : Number.parseInt(digits, 8)
}

const text = (field: Buffer): Buffer => (field.includes(0) ? field.subarray(0, field.indexOf(0)) : field)

/** Keys that say nothing about where a file goes, or how long it is. */
const HARMLESS =
  /^(atime|ctime|mtime|uid|gid|uname|gname|comment|charset|LIBARCHIVE\..*|SCHILY\.(xattr|acl|fflags|dev|ino|nlink)\b.*)$/

/**
 * The `path` of a pax record: lines of “length key=value”, where the length counts the whole line. A record that says
 * something about more than a file's name is refused: other readers may overlook it, and see another archive.
 */
export function readPax(note: Buffer, isGlobal: boolean): Buffer | undefined {
  let path: Buffer | undefined
  for (let at = 0; at < note.length;) {
    const space = note.indexOf(0x20, at)
    const digits = space < 0 ? '' : note.toString('latin1', at, space)
    const end = at + Number(digits)
    if (!/^[1-9]\d{0,5}$/.test(digits) || end > note.length || end <= space || note[end - 1] !== 0x0a) throw damaged()
    const equals = note.indexOf(0x3d, space)
    if (equals < 0 || equals >= end) throw damaged()
    const key = note.toString('latin1', space + 1, equals)
    if (key === 'path' && !isGlobal && !path) path = note.subarray(equals + 1, end - 1)
    else if (!HARMLESS.test(key))
      throw refusal(`a description in it has the key “${key.replace(/[^\w.]/g, '?').slice(0, 40)}”`)
    at = end
  }
  return path
}
