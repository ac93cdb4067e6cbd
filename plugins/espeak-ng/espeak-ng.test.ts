import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findProgram } from '../sdk/typescript/external.ts'
import { frame } from '../sdk/typescript/frames.ts'
import { drive, type Drive } from '../sdk/typescript/testing/drive.ts'
import { WavSamples } from './wav-samples.ts'

const folder = import.meta.dirname
const TEXT = '-- One is a short line.\n\nTwo is the second paragraph, naïve and all.\n'
const speak = (test: Partial<Drive> & { readonly config?: Record<string, unknown> } = {}) =>
  drive({
    program: join(folder, 'main.ts'),
    folder,
    handshake: {
      input: 'text/plain',
      output: 'audio/pcm;rate=22050;channels=1;format=s16le',
      config: test.config ?? {},
    },
    payload: TEXT,
    ...test,
  })

describe.skipIf(!findProgram('espeak-ng'))('eSpeak NG', () => {
  it('reads text that comes byte by byte as if it came at once', async () => {
    const [whole, sliced] = await Promise.all([speak(), speak({ slice: 1, frameBytes: 1 })])
    expect(whole).toMatchObject({ code: 0, control: [], partial: false })
    const seconds = whole.payload.length / 44_100
    expect(seconds).toBeGreaterThan(3)
    expect(seconds).toBeLessThan(10)
    expect(sliced.payload.equals(whole.payload)).toBe(true)
  })

  it('speaks a paragraph before the next is there', async () => {
    const { early } = await speak({ payload: `${TEXT}\n`, openUntil: 44_100 })
    expect(early).toBeGreaterThanOrEqual(44_100)
  })

  it('is quicker when asked to be, and silent when there is nothing to say', async () => {
    const [slow, quick] = await Promise.all([speak({ config: { speed: 100 } }), speak({ config: { speed: 300 } })])
    expect(slow.payload.length).toBeGreaterThan(1.8 * quick.payload.length)
    expect(await speak({ payload: '' })).toMatchObject({ code: 0, control: [], payload: Buffer.alloc(0) })
  })

  it('names a voice that is not there', async () => {
    const { code, control } = await speak({ config: { voice: 'xx-nobody' } })
    expect(code).toBe(1)
    expect(control).toMatchObject([{ code: 'BAD_OPTION', fatal: true, message: expect.stringContaining('xx-nobody') }])
  })

  it('is gone when the input ends in mid-frame', async () => {
    const { code, control } = await speak({ trailer: frame('unfinished').subarray(0, 6) })
    expect({ code, control }).toEqual({ code: 1, control: [] })
  })
})

it('says what to install when eSpeak NG is not there', async () => {
  const { code, control } = await speak({ env: { PATH: folder } })
  expect(code).toBe(1)
  expect(control).toMatchObject([
    { code: 'NEEDS_ESPEAK', fatal: true, message: expect.stringContaining('apt install espeak-ng') },
  ])
})

describe('a WAV header', () => {
  const header = (rate: number) => {
    const bytes = Buffer.from('RIFF$...WAVEfmt ....************LIST....abcddata....', 'latin1')
    bytes.writeUInt32LE(16, 16)
    bytes.writeUInt16LE(1, 20)
    bytes.writeUInt16LE(1, 22)
    bytes.writeUInt32LE(rate, 24)
    bytes.writeUInt32LE(rate * 2, 28)
    return Buffer.concat([
      bytes.subarray(0, 32),
      Buffer.from([2, 0, 16, 0]),
      Buffer.from('LIST\x04\0\0\0abcddata\xff\xff\xff\x7f', 'latin1'),
    ])
  }

  it.each([1, 5, 1000])('is taken off in slices of %d bytes', slice => {
    const file = Buffer.concat([header(22_050), Buffer.from('samples')])
    const wav = new WavSamples()
    let samples = ''
    for (let at = 0; at < file.length; at += slice) samples += wav.push(file.subarray(at, at + slice)).toString()
    expect(samples).toBe('samples')
  })

  it('of another rate is refused, and so is what is none', () => {
    expect(() => new WavSamples().push(header(16_000))).toThrow(expect.objectContaining({ code: 'BAD_OPTION' }))
    expect(() => new WavSamples().push(Buffer.from('Error: no such thing'))).toThrow(
      expect.objectContaining({ code: 'SPEECH_FAILED' }),
    )
  })
})
