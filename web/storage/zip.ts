// The parts of ZIP (PKWARE APPNOTE 6.3) that a project archive uses: no ZIP64, no encryption, no comments.

export const LOCAL = 0x04034b50
export const CENTRAL = 0x02014b50
export const END = 0x06054b50
export const LOCAL_BYTES = 30
export const CENTRAL_BYTES = 46
export const END_BYTES = 22
export const STORED = 0
export const DEFLATED = 8
/** Without ZIP64, offsets and the number of entries end here. */
export const MAX_ZIP_BYTES = 0xffff_fffe
export const MAX_ZIP_ENTRIES = 0xfffe
/** Names are UTF-8. */
export const UTF8_FLAG = 1 << 11
/** 1 January 1980, midnight: the same bytes whenever an archive is written. */
const DOS_TIME = 0
const DOS_DATE = (1 << 5) | 1

export interface WrittenEntry {
  readonly name: string
  readonly crc: number
  readonly bytes: number
  readonly offset: number
}

export function localHeader({ name, crc, bytes }: WrittenEntry): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(name)
  const header = new Uint8Array(LOCAL_BYTES + text.length)
  const view = new DataView(header.buffer)
  view.setUint32(0, LOCAL, true)
  common(view, 4, crc, bytes, text.length)
  header.set(text, LOCAL_BYTES)
  return header
}

export function centralHeader({ name, crc, bytes, offset }: WrittenEntry): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(name)
  const header = new Uint8Array(CENTRAL_BYTES + text.length)
  const view = new DataView(header.buffer)
  view.setUint32(0, CENTRAL, true)
  view.setUint16(4, 20, true)
  common(view, 6, crc, bytes, text.length)
  view.setUint32(42, offset, true)
  header.set(text, CENTRAL_BYTES)
  return header
}

/** Fields that both headers share, from "version needed" on; data is stored, so both sizes are one. */
function common(view: DataView, at: number, crc: number, bytes: number, nameLength: number): void {
  view.setUint16(at, 20, true)
  view.setUint16(at + 2, UTF8_FLAG, true)
  view.setUint16(at + 4, STORED, true)
  view.setUint16(at + 6, DOS_TIME, true)
  view.setUint16(at + 8, DOS_DATE, true)
  view.setUint32(at + 10, crc, true)
  view.setUint32(at + 14, bytes, true)
  view.setUint32(at + 18, bytes, true)
  view.setUint16(at + 22, nameLength, true)
}

export function endRecord(entries: number, bytes: number, offset: number): Uint8Array<ArrayBuffer> {
  const record = new Uint8Array(END_BYTES)
  const view = new DataView(record.buffer)
  view.setUint32(0, END, true)
  view.setUint16(8, entries, true)
  view.setUint16(10, entries, true)
  view.setUint32(12, bytes, true)
  view.setUint32(16, offset, true)
  return record
}
