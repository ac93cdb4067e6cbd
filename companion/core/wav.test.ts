import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { spokenSegments } from './sentences.ts'
import { toPcm16, wavFile, wavStream } from './wav.ts'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'voxloom-wav-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('a WAV file', () => {
  it('appears when it is whole, with its length', async () => {
    const path = join(folder, 'a.wav')
    const sink = await wavFile(path, 24_000)
    await sink.write(Float32Array.of(0, 0.5))
    expect(existsSync(path)).toBe(false)
    await sink.write(Float32Array.of(-1))
    await sink.finish()
    const bytes = readFileSync(path)
    expect(bytes.length).toBe(50)
    expect([bytes.readUInt32LE(4), bytes.readUInt32LE(24), bytes.readUInt32LE(40)]).toEqual([42, 24_000, 6])
    expect(readdirSync(folder)).toEqual(['a.wav'])
  })

  it('leaves nothing behind when it was given up', async () => {
    const sink = await wavFile(join(folder, 'a.wav'), 24_000)
    await sink.write(new Float32Array(10))
    await sink.discard()
    expect(readdirSync(folder)).toEqual([])
  })

  it('says why it can’t be written', async () => {
    await expect(wavFile(join(folder, 'none', 'a.wav'), 24_000)).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('a WAV stream', () => {
  it('leaves its length open', async () => {
    const pieces: Uint8Array[] = []
    let ended = ''
    const sink = wavStream(
      {
        write: async piece => void pieces.push(piece),
        finish: async () => void (ended = 'finished'),
        keep: async () => void (ended = 'given up'),
      },
      24_000,
    )
    await sink.write(Float32Array.of(1))
    await sink.finish()
    const bytes = Buffer.concat(pieces)
    expect([bytes.length, bytes.readUInt32LE(4), ended]).toEqual([46, 0xffff_ffff - 8, 'finished'])
    await sink.discard()
    expect(ended).toBe('given up')
  })
})

describe('toPcm16', () => {
  it('clips what is too loud', () => {
    const bytes = toPcm16(Float32Array.of(1, 1.5, -1, -1.5, 0))
    expect([0, 2, 4, 6, 8].map(at => bytes.readInt16LE(at))).toEqual([32_767, 32_767, -32_768, -32_768, 0])
  })
})

describe('spokenSegments', () => {
  it('pauses longer between paragraphs, and not behind the last', async () => {
    const manner = { lang: 'en-us', voice: [{ id: 'af_heart', weight: 1 }], speed: 1 }
    const segments = await spokenSegments('One is here.\nTwo follows. \r\n \r\nThree ends it.\n', manner)
    expect(segments.map(({ id, text, pauseAfter }) => [id, text, pauseAfter])).toEqual([
      ['s1', 'One is here.', 0.35],
      ['s2', 'Two follows.', 0.75],
      ['s3', 'Three ends it.', 0],
    ])
    expect(await spokenSegments('\n \n', manner)).toEqual([])
  })
})
