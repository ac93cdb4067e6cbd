import { describe, expect, it } from 'vitest'
import { MAX_CHUNKS, mendWav } from './mend-wav.ts'

const text = (value: string) => Uint8Array.from(value, c => c.charCodeAt(0))
const u32 = (value: number) => new Uint8Array(Uint32Array.of(value).buffer)
const chunk = (name: string, body: Uint8Array, size = body.length) =>
  new Uint8Array([...text(name), ...u32(size), ...body, ...new Uint8Array(body.length % 2)])

const format = chunk('fmt ', new Uint8Array([1, 0, 1, 0, ...u32(8000), ...u32(16_000), 2, 0, 16, 0]))
const sound = Uint8Array.from({ length: 1000 }, (_, n) => n)

/** A file whose sizes may be false. */
function wav({ data = sound.length, riff = 0, after = new Uint8Array(0), before = new Uint8Array(0) } = {}): Blob {
  const parts = [text('WAVE'), before, format, chunk('data', sound, data), after]
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  return new Blob([text('RIFF'), u32(riff || length), ...parts] as BlobPart[], { type: 'audio/wav' })
}

/** The samples as a reader of RF64 finds them. */
async function samplesOf(file: Blob): Promise<Uint8Array> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  const view = new DataView(bytes.buffer)
  expect(String.fromCharCode(...bytes.subarray(0, 4))).toBe('RF64')
  expect(Number(view.getBigUint64(20, true))).toBe(bytes.length - 8)
  const from = 12 + 36 + format.length + 8
  expect(bytes.subarray(12 + 36, 12 + 36 + format.length)).toEqual(format)
  return bytes.subarray(from, from + Number(view.getBigUint64(28, true)))
}

describe('sizes that are true', () => {
  it.each([
    ['plainly', {}],
    ['with tags after the samples', { after: chunk('LIST', text('INFO')) }],
    ['with chunks before', { before: chunk('JUNK', new Uint8Array(27)) }],
  ])('are left alone: %s', async (_name, options) => {
    const file = wav(options)
    expect(await mendWav(file)).toBe(file)
  })

  it('are none of our business in other files', async () => {
    for (const file of [new Blob([text('RIFF')]), new Blob([text('RIFF'), u32(9), text('WEBPVP8 ')]), new Blob([])]) {
      expect(await mendWav(file)).toBe(file)
    }
  })
})

describe('sizes that are false', () => {
  it.each([
    ['0, by a program that could not go back', { data: 0 }],
    ['the largest number', { data: 0xffffffff, riff: 0xffffffff }],
    ['beyond the end', { data: 5000 }],
    ['too small, by a crash', { data: 400 }],
    ['nothing for the whole', { riff: 1 }],
  ])('are put right: %s', async (_name, options) => {
    const mended = await mendWav(wav(options))
    expect(await samplesOf(mended)).toEqual(sound)
    expect(mended.type).toBe('audio/wav')
  })

  it('keep tags out of the samples where the samples’ own size is right', async () => {
    const mended = await mendWav(wav({ riff: 1, after: chunk('LIST', text('INFO')) }))
    expect(await samplesOf(mended)).toEqual(sound)
  })
})

it('looks through a thousand chunks, and no further', async () => {
  const many = (count: number) =>
    new Uint8Array(Array.from({ length: count }, () => [...chunk('JUNK', new Uint8Array(0))]).flat())
  const file = (count: number) => wav({ data: 0, before: many(count) })
  expect((await mendWav(file(MAX_CHUNKS - 2))).size).toBeGreaterThan(sound.length)
  expect(await samplesOf(await mendWav(file(MAX_CHUNKS - 2)))).toEqual(sound)
  const beyond = file(MAX_CHUNKS - 1)
  expect(await mendWav(beyond)).toBe(beyond)
})
