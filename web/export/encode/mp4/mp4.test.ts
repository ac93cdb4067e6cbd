import { expect, test } from 'vitest'
import { GATHER_BYTES } from '../file-writer.ts'
import { Mp4File } from './file.ts'
import { FRAMES_PER_CHUNK, MAX_NERO_CHAPTERS } from './movie.ts'
import { Numbers } from './tables.ts'

const CONFIG = Uint8Array.of(0x13, 0x08)
const track = (length: number) => ({ sampleRate: 24_000, bitrate: 80_000, config: CONFIG, priming: 1024, length })
const marks = (count: number) => Array.from({ length: count }, (_, n) => ({ title: `Chapter ${n}`, start: n }))

interface Box {
  type: string
  /** Where the content begins. */
  from: number
  to: number
}

/** The boxes between two places, in order. */
function boxes(file: Uint8Array<ArrayBuffer>, from: number, to: number): Box[] {
  const view = new DataView(file.buffer)
  const found: Box[] = []
  for (let at = from; at < to;) {
    const type = String.fromCharCode(...file.subarray(at + 4, at + 8))
    const short = view.getUint32(at)
    const size = short === 1 ? Number(view.getBigUint64(at + 8)) : short
    found.push({ type, from: at + (short === 1 ? 16 : 8), to: at + size })
    if (size < 8) throw new Error(`“${type}” has ${size} bytes.`)
    at += size
  }
  return found
}

/** The content of the box that `path` names; `trak:1` is the second of its kind. */
function find(file: Uint8Array<ArrayBuffer>, path: string): Box {
  let here: Box = { type: '', from: 0, to: file.length }
  for (const part of path.split('/')) {
    const [type, index = '0'] = part.split(':')
    // `meta` has a version before its boxes.
    const from = here.type === 'meta' ? here.from + 4 : here.from
    const next = boxes(file, from, here.to).filter(box => box.type === type)[Number(index)]
    if (!next) throw new Error(`There is no “${part}” in “${path}”.`)
    here = next
  }
  return here
}

async function written(frames: number, chapters: number, book = true) {
  let file = new Uint8Array(0)
  const mp4 = new Mp4File({
    write(position, data) {
      if (position + data.length > file.length) {
        const larger = new Uint8Array(position + data.length)
        larger.set(file)
        file = larger
      }
      file.set(data, position)
      return Promise.resolve()
    },
  })
  await mp4.begin(book)
  for (let n = 0; n < frames; n++) await mp4.frame(new Uint8Array(100 + (n % 7)).fill(n))
  await mp4.finish(track((frames - 1) * 1024), marks(chapters), { title: 'é', author: 'x' }, book)
  return { file, view: new DataView(file.buffer) }
}

test.each([1, FRAMES_PER_CHUNK, FRAMES_PER_CHUNK + 1, 3 * FRAMES_PER_CHUNK])(
  '%d frames: every one is where the tables say',
  async frames => {
    const { file, view } = await written(frames, 0, false)
    expect(boxes(file, 0, file.length).map(box => box.type)).toEqual(['ftyp', 'mdat', 'moov'])
    const table = 'moov/trak/mdia/minf/stbl'
    const sizes = find(file, `${table}/stsz`)
    const chunks = find(file, `${table}/co64`)
    const runs = find(file, `${table}/stsc`)
    expect(view.getUint32(sizes.from + 8)).toBe(frames)
    expect(view.getUint32(chunks.from + 4)).toBe(Math.ceil(frames / FRAMES_PER_CHUNK))
    const entries = Array.from({ length: view.getUint32(runs.from + 4) }, (_, n) => ({
      first: view.getUint32(runs.from + 8 + n * 12),
      count: view.getUint32(runs.from + 12 + n * 12),
    }))
    let frame = 0
    for (let chunk = 0; chunk < view.getUint32(chunks.from + 4); chunk++) {
      let at = Number(view.getBigUint64(chunks.from + 8 + chunk * 8))
      const { count = 0 } = entries.findLast(entry => entry.first <= chunk + 1) ?? {}
      for (let n = 0; n < count; n++, frame++) {
        const size = view.getUint32(sizes.from + 12 + frame * 4)
        expect(size).toBe(100 + (frame % 7))
        expect([file[at], file[at + size - 1]]).toEqual([frame & 255, frame & 255])
        at += size
      }
    }
    expect(frame).toBe(frames)
  },
)

test('chapters: a text track that the sound names, and Nero’s list up to 255', async () => {
  for (const count of [MAX_NERO_CHAPTERS, MAX_NERO_CHAPTERS + 1]) {
    const { file, view } = await written(24_000, count)
    expect(view.getUint32(find(file, 'moov/trak:0/tref/chap').from)).toBe(2)
    const text = find(file, 'moov/trak:1/mdia/minf/stbl/stsz')
    expect(view.getUint32(text.from + 8)).toBe(count)
    const list = find(file, 'moov/udta/chpl')
    expect(view.getUint8(list.from + 8)).toBe(MAX_NERO_CHAPTERS)
    const first = Number(view.getBigUint64(find(file, 'moov/trak:1/mdia/minf/stbl/co64').from + 8))
    expect(new TextDecoder().decode(file.subarray(first + 2, first + 2 + view.getUint16(first)))).toBe('Chapter 0')
  }
})

test('without chapters there is one track', async () => {
  const { file } = await written(10, 0)
  expect(boxes(file, find(file, 'moov').from, file.length).map(box => box.type)).toEqual(['mvhd', 'trak', 'udta'])
  expect(find(file, 'moov/udta/meta/ilst/stik')).toBeDefined()
})

test('past 4 GB places are 64 bits wide, and little is held', async () => {
  let length = 0
  let kept = new Uint8Array(0)
  let dataSize = 0n
  const mp4 = new Mp4File({
    write(position, data) {
      if (position < length) dataSize = new DataView(data.buffer).getBigUint64(0)
      else kept = data
      length = Math.max(length, position + data.length)
      return Promise.resolve()
    },
  })
  await mp4.begin(false)
  const frame = new Uint8Array(16 * GATHER_BYTES)
  const count = 1024 + FRAMES_PER_CHUNK
  for (let n = 0; n < count; n++) await mp4.frame(frame)
  await mp4.finish(track(1024 * count), [], { title: 'x' }, false)
  expect(dataSize).toBe(BigInt(count) * BigInt(frame.length) + 16n)
  expect(dataSize).toBeGreaterThan(2n ** 32n)
  const at = new TextDecoder('latin1').decode(kept).indexOf('co64')
  const view = new DataView(kept.buffer)
  const chunks = view.getUint32(at + 8)
  expect(chunks).toBe(count / FRAMES_PER_CHUNK)
  const first = view.getBigUint64(at + 12)
  expect(view.getBigUint64(at + 12 + (chunks - 1) * 8)).toBe(
    first + BigInt((chunks - 1) * FRAMES_PER_CHUNK * frame.length),
  )
}, 120_000)

test('a table of numbers grows past its first room', () => {
  const table = new Numbers()
  for (let n = 0; n <= 1024; n++) table.push(n * 3_000_000)
  expect([table.count, table.at(1023), table.at(1024), table.at(5000)]).toEqual([1025, 3_069_000_000, 3_072_000_000, 0])
  expect(new DataView(table.bytes().buffer).getUint32(4096)).toBe(3_072_000_000)
})
