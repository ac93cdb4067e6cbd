import { expect, test } from 'vitest'
import { RATE, tone } from '../fixtures.ts'
import type { ExportSegment } from '../types.ts'
import { encode } from './encode.ts'
import { FileWriter, GATHER_BYTES } from './file-writer.ts'
import { chapterFrames, id3Tag, MAX_TOC_ENTRIES, tagRoom } from './id3.ts'
import { MAX_PAUSE, Programme } from './programme.ts'
import { bitrateFor, MAX_RATE, MIN_RATE, rateFor } from './rates.ts'
import { MAX_RIFF_BYTES, wavHeader } from './wav-header.ts'

const ascii = (bytes: Uint8Array, from: number, count: number) =>
  String.fromCharCode(...bytes.subarray(from, from + count))
const view = (bytes: Uint8Array<ArrayBuffer>) => new DataView(bytes.buffer)

test('a WAV header at the limit of RIFF, and one frame past it', () => {
  const metadata = { title: 'Odd', author: 'x' }
  const length = wavHeader(RATE, 0, metadata).length
  const most = Math.floor((MAX_RIFF_BYTES - length) / 2)
  const small = wavHeader(RATE, most, metadata)
  expect([ascii(small, 0, 4), ascii(small, 12, 4)]).toEqual(['RIFF', 'JUNK'])
  expect(view(small).getUint32(4, true)).toBe(length + most * 2 - 8)
  expect(view(small).getUint32(length - 4, true)).toBe(most * 2)
  const large = wavHeader(RATE, most + 1, metadata)
  expect(large).toHaveLength(length)
  expect([ascii(large, 0, 4), ascii(large, 12, 4)]).toEqual(['RF64', 'ds64'])
  expect(view(large).getUint32(4, true)).toBe(0xffffffff)
  expect(view(large).getUint32(length - 4, true)).toBe(0xffffffff)
  expect(view(large).getBigUint64(20, true)).toBe(BigInt(length + (most + 1) * 2 - 8))
  expect(view(large).getBigUint64(28, true)).toBe(BigInt((most + 1) * 2))
  expect(view(large).getBigUint64(36, true)).toBe(BigInt(most + 1))
})

/** Frame ids and sizes of an ID3v2.4 tag. */
function frames(tag: Uint8Array): { id: string; body: Uint8Array }[] {
  const found: { id: string; body: Uint8Array }[] = []
  for (let at = 10; tag[at];) {
    const [a = 0, b = 0, c = 0, d = 0] = tag.subarray(at + 4)
    const size = (a << 21) | (b << 14) | (c << 7) | d
    found.push({ id: ascii(tag, at, 4), body: tag.subarray(at + 10, at + 10 + size) })
    at += 10 + size
  }
  return found
}
const marks = (count: number) => Array.from({ length: count }, (_, n) => ({ title: `Chapter ${n}`, start: n * 10 }))

test('an ID3 tag fills its room exactly and holds its frames', () => {
  const cover = { mime: 'image/png' as const, bytes: new Uint8Array(70_000).fill(7) }
  const metadata = { title: 'é', author: 'b', comment: 'c', cover }
  const room = tagRoom(metadata)
  const { tag, chapters } = id3Tag(metadata, marks(3), 30, room)
  expect(tag).toHaveLength(room)
  expect(chapters).toBe(3)
  const found = frames(tag)
  expect(found.map(frame => frame.id)).toEqual(['TIT2', 'TPE1', 'COMM', 'APIC', 'CTOC', 'CHAP', 'CHAP', 'CHAP'])
  const last = found.at(-1)?.body ?? new Uint8Array()
  expect(new DataView(last.buffer, last.byteOffset + 4).getUint32(0)).toBe(20_000)
  expect(new DataView(last.buffer, last.byteOffset + 4).getUint32(4)).toBe(30_000)
})

test('one table of contents at 255 chapters, nested ones past it', () => {
  const tables = (count: number) =>
    chapterFrames(marks(count), 1e5)
      .filter(frame => ascii(frame, 0, 4) === 'CTOC')
      .map(frame => frame.length)
  expect(tables(MAX_TOC_ENTRIES)).toHaveLength(1)
  expect(tables(MAX_TOC_ENTRIES + 1)).toHaveLength(3)
  expect(chapterFrames([], 1)).toEqual([])
})

test('chapters past the room are left out, the tag stays whole', () => {
  const metadata = { title: 'x' }
  const room = tagRoom(metadata)
  const { tag, chapters } = id3Tag(metadata, marks(2000), 20_000, room)
  expect(chapters).toBeGreaterThan(60)
  expect(frames(tag).filter(frame => frame.id === 'CHAP')).toHaveLength(chapters)
  expect(tag).toHaveLength(room)
})

test('rates: the next that the format has; limits at and past', () => {
  expect(rateFor('mp3', 24_000)).toBe(24_000)
  expect(rateFor('mp3', 23_000)).toBe(24_000)
  expect(rateFor('mp3', 96_000)).toBe(48_000)
  expect(rateFor('opus', 44_100)).toBe(48_000)
  expect(rateFor('wav', MIN_RATE)).toBe(MIN_RATE)
  expect(rateFor('wav', MAX_RATE)).toBe(MAX_RATE)
  for (const wrong of [MIN_RATE - 1, MAX_RATE + 1, NaN, 24_000.5]) expect(() => rateFor('wav', wrong)).toThrow(/Hz/)
  expect(bitrateFor('mp3', 24_000, 320_000)).toBe(160_000)
  expect(bitrateFor('mp3', 44_100, 100_000)).toBe(96_000)
  expect(bitrateFor('mp3', 44_100, undefined)).toBe(128_000)
  expect(bitrateFor('opus', 48_000, 1)).toBe(6000)
  for (const wrong of [0, -1, NaN]) expect(() => bitrateFor('mp3', 24_000, wrong)).toThrow(/bit rate/)
})

test('a file writer gathers, patches, and keeps order at its edges', async () => {
  for (const size of [GATHER_BYTES - 1, GATHER_BYTES, GATHER_BYTES + 1]) {
    const whole = Uint8Array.from({ length: size * 2 }, (_, n) => n * 7)
    const held = new Uint8Array(whole.length)
    const file = new FileWriter({ write: (at, data) => Promise.resolve(held.set(data, at)) })
    await file.write(whole.subarray(0, size))
    await file.write(whole.subarray(size))
    expect(file.position).toBe(whole.length)
    await file.patch(3, Uint8Array.of(1, 2))
    whole.set([1, 2], 3)
    expect(held).toEqual(whole)
  }
})

const sound = (seconds: number, sampleRate: number, pauseAfter: number): ExportSegment => ({
  samples: tone(0, seconds, sampleRate),
  sampleRate,
  pauseAfter,
  text: '',
  words: [],
})

test.each([24_000, 44_100, 48_000, 16_000])('at %d Hz no frame is lost or drifts', rate => {
  const programme = new Programme(rate)
  let count = 0
  const parts = [
    ...Array.from({ length: 300 }, () => sound(0.0101, 24_000, 1 / 30)),
    sound(0.5, 22_050, 0.1),
    sound(0.2, 24_000, 0),
  ]
  for (const part of parts) for (const block of programme.take(part)) count += block.length
  for (const block of programme.finish()) count += block.length
  const seconds = parts.reduce((sum, part) => sum + part.samples.length / part.sampleRate + part.pauseAfter, 0)
  expect(programme.seconds).toBeCloseTo(seconds, 9)
  expect(Math.abs(count - seconds * rate)).toBeLessThanOrEqual(1)
})

test('a pause at its limit, and past it', () => {
  const take = (pause: number) => [...new Programme(24_000).take(sound(0.1, 24_000, pause))].length
  expect(take(MAX_PAUSE)).toBeGreaterThan(1)
  for (const wrong of [MAX_PAUSE + 0.001, -0.1, NaN]) expect(() => take(wrong)).toThrow(/pause/)
})

test('samples become 16-bit numbers, held to the range', async () => {
  const samples = Float32Array.of(0, 0.5, 1, 2, -1, -2, NaN)
  const held = new Uint8Array(1000)
  const segment: ExportSegment = { samples, sampleRate: 24_000, text: '', words: [], pauseAfter: 0 }
  const { bytes } = await encode(
    { format: 'wav', metadata: { title: 'x' } },
    (async function* () {
      yield segment
    })(),
    { write: (at, data) => Promise.resolve(held.set(data, at)) },
  )
  const pcm = new DataView(held.buffer, bytes - 14)
  expect(samples.map((_, n) => pcm.getInt16(n * 2, true))).toEqual(
    Float32Array.of(0, 16384, 32767, 32767, -32768, -32768, 0),
  )
})

test('ten hours of WAV: bytes add up, and nothing piles up', async () => {
  const segment = { ...sound(1.5, RATE, 0.5), chapter: 'One' }
  const segments = (async function* () {
    for (let index = 0; index < 18_000; index++) yield segment
  })()
  let bytes = 0
  let largest = 0
  const before = process.memoryUsage()
  let most = 0
  const report = await encode({ format: 'wav', metadata: { title: 'x' }, expected: 36_000 }, segments, {
    write(_, data) {
      bytes += data.length
      largest = Math.max(largest, data.length)
      if (bytes % (64 * GATHER_BYTES) < GATHER_BYTES) {
        const now = process.memoryUsage()
        most = Math.max(most, now.heapUsed - before.heapUsed)
      }
      return Promise.resolve()
    },
  })
  expect(report.duration).toBe(36_000)
  expect(report.bytes).toBe(36_000 * RATE * 2 + wavHeader(RATE, 0, { title: 'x' }).length)
  expect(largest).toBeLessThanOrEqual(GATHER_BYTES)
  expect(most).toBeLessThan(64 * 1024 * 1024)
}, 120_000)
