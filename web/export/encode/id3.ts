import type { ExportMetadata } from '../types.ts'
import { concat, u16, u32, u8, utf8, utf8Within } from './bytes.ts'
import type { ChapterMark } from './types.ts'

/** The most entries that one table of contents may list (ID3v2 Chapter Frame Addendum 1.0, 3.2). */
export const MAX_TOC_ENTRIES = 255
const MAX_TITLE_BYTES = 200

/** Sizes in ID3v2.4 use seven bits of each byte, so that no size looks like an MPEG frame. */
const syncsafe = (value: number): Uint8Array<ArrayBuffer> =>
  u32(((value & 0xfe00000) << 3) | ((value & 0x1fc000) << 2) | ((value & 0x3f80) << 1) | (value & 0x7f))

const frame = (id: string, body: Uint8Array): Uint8Array<ArrayBuffer> =>
  concat(utf8(id), syncsafe(body.length), u16(0), body)
const UTF8 = 3
const textFrame = (id: string, text: string): Uint8Array<ArrayBuffer> =>
  frame(id, concat(u8(UTF8), utf8Within(text, 4000)))
const z = (text: string): Uint8Array<ArrayBuffer> => concat(utf8(text), u8(0))

function chapterFrame(id: string, title: string, start: number, end: number): Uint8Array<ArrayBuffer> {
  const ms = (seconds: number) => u32(Math.min(0xffffffff, Math.round(seconds * 1000)))
  const none = u32(0xffffffff) // byte offsets are not used
  const name = frame('TIT2', concat(u8(UTF8), utf8Within(title, MAX_TITLE_BYTES)))
  return frame('CHAP', concat(z(id), ms(start), ms(end), none, none, name))
}

function tocFrame(id: string, children: readonly string[], top: boolean): Uint8Array<ArrayBuffer> {
  return frame('CTOC', concat(z(id), u8(top ? 3 : 1), u8(children.length), ...children.map(z)))
}

/** Chapter frames and their tables of contents: one table, or a table of tables beyond 255 chapters. */
export function chapterFrames(chapters: readonly ChapterMark[], duration: number): Uint8Array<ArrayBuffer>[] {
  if (chapters.length === 0) return []
  const ids = chapters.map((_, index) => `ch${index}`)
  const frames = chapters.map(({ title, start }, index) =>
    chapterFrame(ids[index] ?? '', title, start, chapters[index + 1]?.start ?? duration),
  )
  if (ids.length <= MAX_TOC_ENTRIES) return [tocFrame('toc', ids, true), ...frames]
  const tables: { id: string; children: string[] }[] = []
  for (let at = 0; at < ids.length; at += MAX_TOC_ENTRIES)
    tables.push({ id: `toc${tables.length}`, children: ids.slice(at, at + MAX_TOC_ENTRIES) })
  return [
    tocFrame(
      'toc',
      tables.map(table => table.id),
      true,
    ),
    ...tables.map(table => tocFrame(table.id, table.children, false)),
    ...frames,
  ]
}

function metadataFrames({ title, author, comment, cover }: ExportMetadata): Uint8Array<ArrayBuffer>[] {
  const frames = [textFrame('TIT2', title)]
  if (author) frames.push(textFrame('TPE1', author))
  if (comment) frames.push(frame('COMM', concat(u8(UTF8), utf8('eng'), u8(0), utf8Within(comment, 4000))))
  // Type 3: front cover.
  if (cover) frames.push(frame('APIC', concat(u8(UTF8), z(cover.mime), u8(3), u8(0), cover.bytes)))
  return frames
}

/** Bytes to keep free for the tag before the chapters are known. @param expected seconds of sound, where known */
export function tagRoom(metadata: ExportMetadata, expected = 0): number {
  const known = metadataFrames(metadata).reduce((sum, bytes) => sum + bytes.length, 10)
  // A chapter takes some 60 bytes and its title; one a minute is more than books have.
  const chapters = Math.min(4000, Math.max(64, Math.ceil(expected / 60)))
  return known + chapters * 120
}

/**
 * An ID3v2.4 tag of exactly `room` bytes, padded. Chapters that find no room are left out from the end.
 * @returns the tag, and how many chapters it holds
 */
export function id3Tag(
  metadata: ExportMetadata,
  chapters: readonly ChapterMark[],
  duration: number,
  room: number,
): { tag: Uint8Array<ArrayBuffer>; chapters: number } {
  const fixed = concat(...metadataFrames(metadata))
  let kept = chapters.length
  let body = concat(fixed, ...chapterFrames(chapters, duration))
  while (kept > 0 && body.length + 10 > room) {
    kept = Math.floor(kept * Math.min(0.99, (room - fixed.length) / (body.length - fixed.length)))
    const end = chapters[kept]?.start ?? duration
    body = concat(fixed, ...chapterFrames(chapters.slice(0, kept), end))
  }
  const tag = new Uint8Array(room)
  tag.set(concat(utf8('ID3'), Uint8Array.of(4, 0, 0), syncsafe(room - 10), body))
  return { tag, chapters: kept }
}
