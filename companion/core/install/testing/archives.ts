import { crc32, deflateRawSync, gzipSync } from 'node:zlib'

// Archives made byte by byte, so that each can be wrong in one place.

export interface ZipPart {
  readonly name: string | Uint8Array
  readonly content?: Uint8Array | string
  readonly mode?: number
  readonly store?: boolean
  /** What the headers say instead of what is so. */
  readonly central?: Partial<Header>
  readonly local?: Partial<Header>
  readonly localName?: string
  readonly extra?: Uint8Array
  readonly localExtra?: Uint8Array
  /** Sizes stand behind the data; `true`, or what is written there. */
  readonly descriptor?: true | Uint8Array
  /** Where the directory looks for it. */
  readonly offset?: number
  readonly packed?: Uint8Array
}

interface Header {
  readonly flags: number
  readonly method: number
  readonly crc: number
  readonly packed: number
  readonly bytes: number
  readonly disk: number
}

export interface ZipTail {
  readonly count?: number
  readonly start?: number
  readonly length?: number
  readonly disk?: number
  readonly before?: Uint8Array
  readonly comment?: Uint8Array
}

export const u16 = (...values: number[]) => Buffer.concat(values.map(value => le(value, 2)))
export const u32 = (...values: number[]) => Buffer.concat(values.map(value => le(value, 4)))

function le(value: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes)
  buffer.writeUIntLE(value, 0, bytes)
  return buffer
}

/** APPNOTE 4.3. */
export function zip(parts: readonly ZipPart[], tail: ZipTail = {}): Buffer {
  const body: Buffer[] = []
  const directory: Buffer[] = []
  let at = 0
  for (const part of parts) {
    const name = Buffer.from(part.name as string)
    const content = Buffer.from((part.content ?? '') as string)
    const stored = part.store ?? content.length === 0
    const packed = Buffer.from(part.packed ?? (stored ? content : deflateRawSync(content)))
    const later = part.descriptor !== undefined
    const flags = later ? 8 : 0
    const truth: Header = {
      ...{ flags, method: stored ? 0 : 8, crc: crc32(content), packed: packed.length, bytes: content.length, disk: 0 },
    }
    const central = { ...truth, ...part.central }
    const local = { ...truth, ...(later && { crc: 0, packed: 0, bytes: 0 }), ...part.local }
    const localName = Buffer.from(part.localName ?? name)
    const [extra, localExtra] = [Buffer.from(part.extra ?? []), Buffer.from(part.localExtra ?? [])]
    const sizes = (header: Header) => u32(header.crc, header.packed, header.bytes)
    const behind =
      part.descriptor === true ? Buffer.concat([u32(0x08074b50), sizes(truth)]) : Buffer.from(part.descriptor ?? [])
    const record = Buffer.concat([
      ...[u32(0x04034b50), u16(20, local.flags, local.method, 0, 0), sizes(local)],
      ...[u16(localName.length, localExtra.length), localName, localExtra, packed, behind],
    ])
    body.push(record)
    const attributes = ((part.mode ?? 0o100644) << 16) >>> 0
    directory.push(
      ...[u32(0x02014b50), u16(0x0314, 20, central.flags, central.method, 0, 0), sizes(central)],
      ...[u16(name.length, extra.length, 0, central.disk, 0), u32(attributes, part.offset ?? at), name, extra],
    )
    at += record.length
  }
  const table = Buffer.concat(directory)
  const before = Buffer.from(tail.before ?? [])
  const count = tail.count ?? parts.length
  const comment = Buffer.from(tail.comment ?? [])
  const end = Buffer.concat([
    ...[u32(0x06054b50), u16(tail.disk ?? 0, tail.disk ?? 0, count, count)],
    ...[u32(tail.length ?? table.length, tail.start ?? at), u16(comment.length), comment],
  ])
  return Buffer.concat([...body, table, before, end])
}

export interface TarPart {
  readonly name: string | Uint8Array
  readonly content?: Uint8Array | string
  readonly mode?: number
  readonly type?: string
  readonly link?: string
  readonly size?: number
  readonly prefix?: string
  readonly checksum?: number
  /** Six bytes and two: POSIX, or GNU's `ustar  `. */
  readonly magic?: string
}

/** POSIX ustar. */
export function tarBytes(parts: readonly TarPart[], end: Uint8Array = Buffer.alloc(1024)): Buffer {
  const pieces: Buffer[] = []
  for (const part of parts) {
    const content = Buffer.from((part.content ?? '') as string)
    const header = Buffer.alloc(512)
    Buffer.from(part.name as string).copy(header, 0, 0, 100)
    const octal = (value: number, at: number, length: number) =>
      header.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1')
    octal(part.mode ?? 0o644, 100, 8)
    octal(0, 108, 8)
    octal(0, 116, 8)
    octal(part.size ?? content.length, 124, 12)
    octal(0, 136, 12)
    header.write(part.type ?? '0', 156, 'latin1')
    header.write(part.link ?? '', 157, 'utf8')
    header.write(part.magic ?? 'ustar\u000000', 257, 'latin1')
    header.write(part.prefix ?? '', 345, 'utf8')
    header.fill(32, 148, 156)
    const sum = header.reduce((all, byte) => all + byte, 0)
    header.write(`${(part.checksum ?? sum).toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
    pieces.push(header, content, Buffer.alloc((512 - (content.length % 512)) % 512))
  }
  return Buffer.concat([...pieces, Buffer.from(end)])
}

export const tgz = (parts: readonly TarPart[], end?: Uint8Array): Buffer => gzipSync(tarBytes(parts, end))

/** A line of a pax record, which counts itself. */
export function paxLine(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`)
  let length = rest + 1
  while (String(length).length + rest !== length) length = String(length).length + rest
  return `${length} ${key}=${value}\n`
}

/** The manifest of a plugin that is good enough to be installed. */
export function manifestText(id: string, version = '1.0.0', more = ''): string {
  const lines = [`name = "${id}"`, `version = "${version}"`, 'protocol_version = "0.1"', 'entrypoint = "main.mjs"']
  const types = ['interpreter = "node"', 'mode = "streaming"', 'input = ["text/plain"]', 'output = ["text/plain"]']
  return [...lines, ...types, more, ''].join('\n')
}

/** A whole plugin as a .zip. */
export function pluginZip(id = 'shout', version = '1.0.0', { more = '', program = 'process.exit(1)\n' } = {}): Buffer {
  return zip([
    { name: 'plugin.toml', content: manifestText(id, version, more) },
    { name: 'main.mjs', content: program, mode: 0o100755 },
  ])
}
