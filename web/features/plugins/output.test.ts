import { describe, expect, it } from 'vitest'
import { inputTypeOf, isTextInput, kindOf, MAX_TEXT_INPUT, outputName } from './output.ts'
import { frameBytes, pcmFormat, samplesOf, wavHead } from './pcm.ts'
import { leftOut } from './play-pcm.ts'

it.each([
  ['text/plain', 'text', 'book.txt'],
  ['application/json', 'text', 'book.json'],
  ['audio/mpeg', 'audio', 'book.mp3'],
  ['audio/ogg', 'audio', 'book.ogg'],
  ['audio/pcm;rate=24000;channels=1;format=s16le', 'pcm', 'book.pcm'],
  ['video/mp4', 'file', 'book.bin'],
  ['nonsense', 'file', 'book.bin'],
])('%s is %s, saved as %s', (outputType, kind, name) => {
  expect(kindOf(outputType)).toBe(kind)
  expect(outputName({ pipeline: 'book', outputType })).toBe(name)
})

it.each([
  ['a.TXT', '', 'text/plain'],
  ['a.md', 'application/octet-stream', 'text/markdown'],
  ['a.wav', 'audio/x-wav', 'audio/wav'],
  ['noname', 'image/png', 'image/png'],
  ['noname', '', 'application/octet-stream'],
])('the file %s of type “%s” is %s', (name, type, expected) => expect(inputTypeOf({ name, type })).toBe(expected))

it('text goes beside the pipeline up to its limit', () => {
  expect(isTextInput('text/plain', MAX_TEXT_INPUT)).toBe(true)
  expect(isTextInput('text/plain', MAX_TEXT_INPUT + 1)).toBe(false)
  expect(isTextInput('audio/wav', 10)).toBe(false)
})

describe('samples', () => {
  it('are described by their type', () => {
    expect(pcmFormat('audio/pcm;rate=22050;channels=1')).toEqual({ rate: 22050, channels: 1, format: 's16le' })
    expect(pcmFormat('audio/pcm;rate=48000;channels=2;format=f32le')?.format).toBe('f32le')
    expect(pcmFormat('audio/pcm')).toBeUndefined()
    expect(pcmFormat('audio/wav;rate=1;channels=1')).toBeUndefined()
  })

  it('are live when their type says so', () => {
    const type = 'audio/pcm;rate=16000;channels=1;format=s16le'
    expect(pcmFormat(`${type};live=true`)?.live).toBe(true)
    for (const other of [type, `${type};live=false`]) expect(pcmFormat(other)?.live).toBeUndefined()
  })

  it('were left out where the connection stood still, in tenths of a second', () => {
    expect(leftOut({ underruns: 1, slipped: 0.72 })).toBe(0.7)
    expect(leftOut({ underruns: 1, slipped: 0.049 })).toBe(0)
    expect(leftOut({ underruns: 1, slipped: -0.3 })).toBe(0)
    // Clocks that differ are nothing to tell of.
    expect(leftOut({ underruns: 0, slipped: 0.72 })).toBe(0)
  })

  it('become a WAV file with a head', () => {
    const head = wavHead({ rate: 24000, channels: 2, format: 's16le' }, 8)
    const view = new DataView(head.buffer)
    expect(new TextDecoder().decode(head)).toMatch(/^RIFF.{4}WAVEfmt /s)
    expect([20, 22, 32, 34].map(at => view.getUint16(at, true))).toEqual([1, 2, 4, 16])
    expect([4, 24, 28, 40].map(at => view.getUint32(at, true))).toEqual([44, 24000, 96000, 8])
    expect(new DataView(wavHead({ rate: 1, channels: 1, format: 'f32le' }, 0).buffer).getUint16(20, true)).toBe(3)
  })

  it('are taken apart into channels', () => {
    const stereo = new Uint8Array(new Int16Array([16384, -32768, 0, 16384]).buffer)
    const format = { rate: 1, channels: 2, format: 's16le' } as const
    expect(samplesOf(format, stereo).map(channel => [...channel])).toEqual([
      [0.5, 0],
      [-1, 0.5],
    ])
    // Half a frame is nothing yet.
    expect(samplesOf(format, stereo.subarray(0, 7))[0]).toHaveLength(1)
    const floats = new Uint8Array(new Float32Array([0.25]).buffer)
    expect([...samplesOf({ rate: 1, channels: 1, format: 'f32le' }, floats)[0]!]).toEqual([0.25])
    expect(frameBytes(format)).toBe(4)
  })
})
