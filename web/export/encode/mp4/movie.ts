import type { ExportMetadata } from '../../types.ts'
import { concat, u16, u32, u64, u8, utf8, utf8Within } from '../bytes.ts'
import type { ChapterMark } from '../types.ts'
import { box, fullBox, MATRIX, zeros } from './box.ts'

/** Samples of one AAC frame. */
export const AAC_FRAME = 1024
/** AAC frames in one chunk: the table of chunks stays small, and seeking fine. */
export const FRAMES_PER_CHUNK = 32
/** Nero's chapter list counts in one byte. */
export const MAX_NERO_CHAPTERS = 255
/** Chapter times count in milliseconds. */
export const MOVIE_TIMESCALE = 1000

export interface AacTrack {
  readonly sampleRate: number
  readonly bitrate: number
  /** AudioSpecificConfig (ISO 14496-3). */
  readonly config: Uint8Array
  /** Bytes of each frame, 4 bytes each, big-endian. */
  readonly sizes: Uint8Array
  readonly frames: number
  /** Where each chunk begins in the file, 8 bytes each, big-endian. */
  readonly offsets: Uint8Array
  readonly chunks: number
  /** Samples at the beginning that are not sound: the encoder's delay. */
  readonly priming: number
  /** Samples of sound. */
  readonly length: number
}

export interface TextTrack {
  /** Milliseconds that each title stands. */
  readonly durations: readonly number[]
  readonly sizes: readonly number[]
  /** Where the first title begins in the file; the others follow it. */
  readonly offset: number
}

const descriptor = (tag: number, ...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => {
  const body = concat(...parts)
  return concat(u8(tag), Uint8Array.of(0x80, 0x80, 0x80, body.length), body)
}

function esds({ config, bitrate }: AacTrack): Uint8Array<ArrayBuffer> {
  // 0x40: MPEG-4 audio; 0x15: an audio stream (ISO 14496-1, 7.2.6.6).
  const decoder = descriptor(4, u8(0x40), u8(0x15), zeros(3), u32(bitrate), u32(bitrate), descriptor(5, config))
  return fullBox('esds', 0, 0, descriptor(3, u16(1), u8(0), decoder, descriptor(6, u8(2))))
}

const dataReference = (): Uint8Array<ArrayBuffer> => box('dinf', fullBox('dref', 0, 0, u32(1), fullBox('url ', 0, 1)))
const handler = (type: string, name: string): Uint8Array<ArrayBuffer> =>
  fullBox('hdlr', 0, 0, zeros(4), utf8(type), zeros(12), utf8(name), u8(0))
const mediaHeader = (timescale: number, duration: number): Uint8Array<ArrayBuffer> =>
  // 0x55c4: language "und".
  fullBox('mdhd', 1, 0, zeros(16), u32(timescale), u64(duration), u16(0x55c4), u16(0))

function trackHeader(id: number, duration: number, enabled: boolean, audio: boolean): Uint8Array<ArrayBuffer> {
  const volume = u16(audio ? 0x100 : 0)
  return fullBox(
    'tkhd',
    1,
    enabled ? 3 : 0,
    zeros(16),
    u32(id),
    zeros(4),
    u64(duration),
    zeros(8),
    u16(0),
    u16(audio ? 1 : 0),
    volume,
    u16(0),
    MATRIX,
    zeros(8),
  )
}

function audioTrack(track: AacTrack, duration: number, chapterTrack: number | undefined): Uint8Array<ArrayBuffer> {
  const { sampleRate, frames, sizes, offsets, chunks, priming, length } = track
  const entry = box('mp4a', zeros(6), u16(1), zeros(8), u16(1), u16(16), zeros(4), u32(sampleRate * 65536), esds(track))
  const whole = Math.floor(frames / FRAMES_PER_CHUNK)
  const rest = frames % FRAMES_PER_CHUNK
  const runs: Uint8Array[] = []
  if (whole > 0) runs.push(u32(1), u32(FRAMES_PER_CHUNK), u32(1))
  if (rest > 0) runs.push(u32(whole + 1), u32(rest), u32(1))
  const table = box(
    'stbl',
    fullBox('stsd', 0, 0, u32(1), entry),
    fullBox('stts', 0, 0, u32(1), u32(frames), u32(AAC_FRAME)),
    fullBox('stsc', 0, 0, u32(runs.length / 3), ...runs),
    fullBox('stsz', 0, 0, u32(0), u32(frames), sizes),
    fullBox('co64', 0, 0, u32(chunks), offsets),
  )
  const media = box(
    'mdia',
    mediaHeader(sampleRate, frames * AAC_FRAME),
    handler('soun', 'Sound'),
    box('minf', fullBox('smhd', 0, 0, zeros(4)), dataReference(), table),
  )
  // The edit list leaves out the encoder's delay and the padding of the last frame.
  const shown = Math.round((length / sampleRate) * MOVIE_TIMESCALE)
  const edits = box('edts', fullBox('elst', 1, 0, u32(1), u64(shown), u64(priming), u32(0x10000)))
  const chapters = chapterTrack === undefined ? zeros(0) : box('tref', box('chap', u32(chapterTrack)))
  return box('trak', trackHeader(1, duration, true, true), edits, chapters, media)
}

/** A disabled text track that the sound track names as its chapters (QuickTime File Format, "Chapter Lists"). */
function chapterTrack({ durations, sizes, offset }: TextTrack, id: number): Uint8Array<ArrayBuffer> {
  const duration = durations.reduce((sum, value) => sum + value, 0)
  const count = u32(sizes.length)
  const entry = box('text', zeros(6), u16(1), u32(1), u32(1), zeros(6), zeros(8), zeros(16), zeros(1))
  const table = box(
    'stbl',
    fullBox('stsd', 0, 0, u32(1), entry),
    fullBox('stts', 0, 0, count, ...durations.flatMap(value => [u32(1), u32(value)])),
    fullBox('stsc', 0, 0, u32(1), u32(1), count, u32(1)),
    fullBox('stsz', 0, 0, u32(0), count, ...sizes.map(u32)),
    fullBox('co64', 0, 0, u32(1), u64(offset)),
  )
  const gmin = fullBox('gmin', 0, 0, u16(0x40), u16(0x8000), u16(0x8000), u16(0x8000), u16(0), u16(0))
  const generic = box('gmhd', gmin, box('text', MATRIX))
  const media = box(
    'mdia',
    mediaHeader(MOVIE_TIMESCALE, duration),
    handler('text', 'Chapters'),
    box('minf', generic, dataReference(), table),
  )
  return box('trak', trackHeader(id, duration, false, false), media)
}

function neroChapters(chapters: readonly ChapterMark[]): Uint8Array<ArrayBuffer> {
  const kept = chapters.slice(0, MAX_NERO_CHAPTERS)
  const entries = kept.flatMap(({ title, start }) => {
    const name = utf8Within(title, 255)
    return [u64(Math.round(start * 1e7)), u8(name.length), name]
  })
  return fullBox('chpl', 1, 0, u32(0), u8(kept.length), ...entries)
}

function tags({ title, author, comment, cover }: ExportMetadata, book: boolean): Uint8Array<ArrayBuffer> {
  const text = (type: string, value: string) => box(type, box('data', u32(1), u32(0), utf8(value)))
  const items = [text('©nam', title), text('©alb', title)]
  if (author) items.push(text('©ART', author))
  if (comment) items.push(text('©cmt', comment))
  // Media kind 2 is an audiobook; 13 and 14 are JPEG and PNG.
  if (book) items.push(text('©gen', 'Audiobook'), box('stik', box('data', u32(21), u32(0), u8(2))))
  if (cover) items.push(box('covr', box('data', u32(cover.mime === 'image/png' ? 14 : 13), u32(0), cover.bytes)))
  const kind = fullBox('hdlr', 0, 0, zeros(4), utf8('mdir'), utf8('appl'), zeros(9))
  return fullBox('meta', 0, 0, kind, box('ilst', ...items))
}

/** The `moov` box: everything but the sound itself. */
export function movie(
  track: AacTrack,
  titles: TextTrack | undefined,
  chapters: readonly ChapterMark[],
  metadata: ExportMetadata,
  book: boolean,
): Uint8Array<ArrayBuffer> {
  const duration = Math.round((track.length / track.sampleRate) * MOVIE_TIMESCALE)
  const header = fullBox(
    'mvhd',
    1,
    0,
    zeros(16),
    u32(MOVIE_TIMESCALE),
    u64(duration),
    u32(0x10000),
    u16(0x100),
    zeros(10),
    MATRIX,
    zeros(24),
    u32(titles ? 3 : 2),
  )
  return box(
    'moov',
    header,
    audioTrack(track, duration, titles && 2),
    titles ? chapterTrack(titles, 2) : zeros(0),
    box('udta', tags(metadata, book), chapters.length > 0 ? neroChapters(chapters) : zeros(0)),
  )
}
