import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { AudioData, WireValue } from '#protocol/contracts.ts'
import { scratch } from '../../core/testing/plugins.ts'
import { toPcm16, wavHeader } from '../../core/wav.ts'
import { writeAnswer } from './answer.ts'

const { signal } = new AbortController()
const samples = toPcm16(Float32Array.from({ length: 8000 }, (_, at) => 0.3 * Math.sin(at / 9)))
const sound = (mime: string, ...bytes: readonly Uint8Array[]): AudioData => {
  return { mime, bytes: new Uint8Array(Buffer.concat(bytes)) }
}
const pcm = sound('audio/pcm;rate=16000;channels=1;format=s16le', samples)
const wav = sound('audio/wav', wavHeader(16_000, samples.length), samples)

async function* each(values: readonly WireValue[]): AsyncGenerator<WireValue> {
  yield* values
}

async function written(name: string, ...values: readonly WireValue[]) {
  const output = join(scratch(), name)
  const answered = await writeAnswer(each(values), { output, signal })
  return { ...answered, bytes: readFileSync(output) }
}

it('makes the file that its name promises', async () => {
  const file = await written('a.wav', pcm, pcm)
  expect(file).toMatchObject({ items: 2, mime: 'audio/wav' })
  expect(file.bytes.subarray(44)).toEqual(Buffer.concat([samples, samples]))
  expect(file.bytes.readUInt32LE(24)).toBe(16_000)
  expect((await written('a.wav', wav)).bytes).toEqual(Buffer.from(wav.bytes))
  expect((await written('a.pcm', wav)).bytes).toEqual(samples)
  const mp3 = await written('a.MP3', pcm)
  expect([mp3.mime, mp3.bytes[0]! === 0xff || mp3.bytes.toString('latin1', 0, 3) === 'ID3']).toEqual([
    'audio/mpeg',
    true,
  ])
})

it('leaves bytes as they are where it can make nothing of them', async () => {
  expect(await written('a.bin', pcm)).toEqual({ items: 1, mime: pcm.mime, bytes: samples })
  const stored = sound('application/octet-stream', Buffer.from('abc'))
  expect((await written('a.wav', stored)).bytes.toString()).toBe('abc')
})

it('writes words as they are, and everything else as lines of JSON that say how many bytes there are', async () => {
  expect((await written('a.txt', 'Hel', 'lo.')).bytes.toString()).toBe('Hello.\n')
  const lines = (await written('a.json', { a: [1, pcm] }, null, ['\u202e'])).bytes.toString()
  expect(lines).toBe(`{"a":[1,{"mime":"${pcm.mime}","bytes":16000}]}\n["\\u202e"]\n`)
  expect(await writeAnswer(each([]), { output: '-', signal })).toEqual({ items: 0 })
})

it('asks where sound goes, and takes nothing else in the midst of it', async () => {
  await expect(writeAnswer(each([pcm]), { output: undefined, signal })).rejects.toThrow('-o hello.wav')
  await expect(written('a.wav', pcm, 'words')).rejects.toMatchObject({ code: 'engine' })
  await expect(written('a.wav', sound('audio/pcm;rate=16000', Buffer.alloc(0)))).rejects.toThrow('nothing in')
})
