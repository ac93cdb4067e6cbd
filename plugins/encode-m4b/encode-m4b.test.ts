import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findProgram } from '../sdk/typescript/external.ts'
import { encoderBench, TAGS } from '../sdk/typescript/testing/encoder.ts'
import { probe, tone } from '../sdk/typescript/testing/sound.ts'

const { encode, expectNoFileOfNoSound, expectGivenUpInMidFrame, expectWhatToInstall, NOWHERE } = encoderBench(
  import.meta.dirname,
  'audio/mp4',
)

describe.skipIf(!findProgram('ffmpeg')).each(['ffmpeg', 'builtin'])('M4B with %s', encoder => {
  it('is the whole sound, with tags, and says that it is a book', async () => {
    const { code, payload, control } = await encode({ config: { encoder, ...TAGS }, slice: 2003, frameBytes: 999 })
    expect({ code, control }).toEqual({ code: 0, control: [] })
    const { codec, rate, channels, seconds, tags } = probe(payload)
    expect({ codec, rate, channels }).toEqual({ codec: 'aac', rate: 24_000, channels: 1 })
    expect(Math.abs(seconds - 3)).toBeLessThan(0.15)
    expect(tags).toMatchObject({ title: TAGS.title, artist: TAGS.author, major_brand: 'M4B ' })
    expect(payload.toString('latin1', 4, 8)).toBe('ftyp')
  })

  it('may be stereo, in floats', async () => {
    const input = 'audio/pcm;rate=48000;channels=2;format=f32le'
    const { payload } = await encode({ input, payload: tone(1, 48_000, 2, 'f32le'), config: { encoder } })
    expect(probe(payload)).toMatchObject({ codec: 'aac', rate: 48_000, channels: 2 })
  })

  it('says what it is while the sound is still coming', async () => {
    const { code, early, payload } = await encode({ config: { encoder }, payload: tone(20, 24_000), openUntil: 1 })
    expect(code).toBe(0)
    expect(early).toBe(payload.readUInt32BE(0))
    expect(Math.abs(probe(payload).seconds - 20)).toBeLessThan(0.15)
  })

  it('of no sound is no file', async () => {
    await expectNoFileOfNoSound({ encoder })
  })

  it('leaves nothing behind when the input ends in mid-frame', async () => {
    const temporary = mkdtempSync(join(tmpdir(), 'voxloom-test-'))
    const env = { PATH: process.env['PATH'] ?? '', TMPDIR: temporary }
    await expectGivenUpInMidFrame({ config: { encoder }, env })
    expect(readdirSync(temporary)).toEqual([])
    await encode({ config: { encoder }, env })
    expect(readdirSync(temporary)).toEqual([])
    rmSync(temporary, { recursive: true })
  })
})

describe('M4B without ffmpeg', () => {
  it('is made by the built-in encoder', async () => {
    const { code, payload } = await encode({ env: NOWHERE })
    expect(code).toBe(0)
    expect(payload.toString('latin1', 4, 12)).toBe('ftypM4B ')
  })

  it('says what to install when ffmpeg was asked for, or the built-in one can’t', async () => {
    const odd = { input: 'audio/pcm;rate=96000;channels=1', payload: tone(1, 96_000) }
    await expectWhatToInstall({ config: { encoder: 'ffmpeg' } })
    await expectWhatToInstall(odd)
  })
})
