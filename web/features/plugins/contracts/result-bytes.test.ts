import { expect, it } from 'vitest'
import { toBase64 } from '#dialogue/personas/card/bytes.ts'
import type { Json } from '#protocol/contracts.ts'
import { wavHead } from '../pcm.ts'
import { bytesIn, fileOf, joinBytes, samplesIn, withoutBytes } from './result-bytes.ts'

const bytes = (...list: number[]) => Uint8Array.from(list)
const sent = (mime: string, content: Uint8Array): Json => ({ encoding: 'base64', mime, data: toBase64(content) })
const PCM = 'audio/pcm;rate=24000;channels=1;format=s16le'

function wav(samples: Uint8Array, announced = samples.length): Uint8Array<ArrayBuffer> {
  const head = wavHead({ rate: 24_000, channels: 1, format: 's16le' }, announced)
  return Uint8Array.from([...head, ...samples])
}

it('finds bytes wherever they stand in a result, and shows the rest of it', () => {
  const result = { title: 'two', sounds: [sent('audio/wav', bytes(1, 2, 3, 4)), { deep: sent('image/png', bytes(5)) }] }
  expect(bytesIn(result)).toEqual([
    { mime: 'audio/wav', bytes: bytes(1, 2, 3, 4) },
    { mime: 'image/png', bytes: bytes(5) },
  ])
  expect(withoutBytes(result, mime => `<${mime}>`)).toEqual({
    title: 'two',
    sounds: ['<audio/wav>', { deep: '<image/png>' }],
  })
  expect(bytesIn({ encoding: 'base64', mime: 'audio/wav', data: '!!' })).toEqual([])
  expect([bytesIn(null), bytesIn('audio'), bytesIn({ encoding: 'gzip', data: 'AAAA' })]).toEqual([[], [], []])
})

it('reads samples of raw sound and of WAV files, whose sizes may be unknown', () => {
  const format = { rate: 24_000, channels: 1, format: 's16le' }
  expect(samplesIn({ mime: PCM, bytes: bytes(1, 2) })).toEqual({ format, bytes: bytes(1, 2) })
  expect(samplesIn({ mime: 'audio/wav', bytes: wav(bytes(1, 2, 3, 4)) })).toEqual({ format, bytes: bytes(1, 2, 3, 4) })
  expect(samplesIn({ mime: 'audio/wav', bytes: wav(bytes(1, 2), 0xffffffff) })!.bytes).toEqual(bytes(1, 2))
  for (const cut of [0, 11, 20, 43]) {
    expect(samplesIn({ mime: 'audio/wav', bytes: wav(bytes(1, 2)).slice(0, cut) })?.bytes.length ?? 0).toBe(0)
  }
  expect(samplesIn({ mime: 'audio/ogg', bytes: bytes(79, 103, 103, 83, 0, 0, 0, 0, 0, 0, 0, 0) })).toBeUndefined()
})

it('joins items of a stream: WAV files lose their heads, and others are put behind each other', async () => {
  const joined = joinBytes([
    { mime: 'audio/wav', bytes: wav(bytes(1, 2)) },
    { mime: PCM, bytes: bytes(3, 4) },
  ])!
  expect(joined).toEqual({ mime: PCM, bytes: bytes(1, 2, 3, 4) })
  const file = fileOf(joined)
  expect([file.type, new Uint8Array(await file.arrayBuffer())]).toEqual(['audio/wav', wav(bytes(1, 2, 3, 4))])
  const ogg = { mime: 'audio/ogg', bytes: bytes(1) }
  expect(joinBytes([ogg, { mime: 'audio/ogg', bytes: bytes(2) }])).toEqual({ mime: 'audio/ogg', bytes: bytes(1, 2) })
  expect(joinBytes([ogg, { mime: 'audio/mpeg', bytes: bytes(2) }])).toBeUndefined()
  expect([joinBytes([ogg]), joinBytes([])]).toEqual([ogg, undefined])
})
