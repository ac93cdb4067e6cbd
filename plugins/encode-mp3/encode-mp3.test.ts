import { describe, expect, it } from 'vitest'
import { findProgram } from '../sdk/typescript/external.ts'
import { encoderBench, TAGS } from '../sdk/typescript/testing/encoder.ts'
import { probe, tone } from '../sdk/typescript/testing/sound.ts'

const { encode, expectNoFileOfNoSound, expectGivenUpInMidFrame, expectWhatToInstall, NOWHERE } = encoderBench(
  import.meta.dirname,
  'audio/mpeg',
)

describe.skipIf(!findProgram('ffmpeg')).each(['ffmpeg', 'builtin'])('MP3 with %s', encoder => {
  it('is the whole sound, with tags', async () => {
    const { code, payload, control } = await encode({ config: { encoder, bitrate: 64, ...TAGS } })
    expect({ code, control }).toEqual({ code: 0, control: [] })
    const { codec, rate, channels, seconds, tags } = probe(payload)
    expect({ codec, rate, channels }).toEqual({ codec: 'mp3', rate: 24_000, channels: 1 })
    expect(Math.abs(seconds - 3)).toBeLessThan(0.15)
    expect(tags).toMatchObject({ title: TAGS.title, artist: TAGS.author })
    expect(payload.length).toBeGreaterThan(20_000)
    expect(payload.length).toBeLessThan(30_000)
  })

  it('is the same from odd slices, in stereo and floats', async () => {
    const input = 'audio/pcm;rate=44100;channels=2;format=f32le'
    const payload = tone(1, 44_100, 2, 'f32le')
    const [whole, sliced] = await Promise.all([
      encode({ input, payload, config: { encoder } }),
      encode({ input, payload, config: { encoder }, slice: 4097, frameBytes: 1001 }),
    ])
    expect(sliced.payload.equals(whole.payload)).toBe(true)
    expect(probe(whole.payload)).toMatchObject({ codec: 'mp3', rate: 44_100, channels: 2 })
  })

  it('comes while the sound is still coming', async () => {
    const { code, early } = await encode({ config: { encoder }, payload: tone(30, 24_000), openUntil: 20_000 })
    expect(code).toBe(0)
    expect(early).toBeGreaterThanOrEqual(20_000)
  })

  it('of no sound is no file', async () => {
    await expectNoFileOfNoSound({ encoder })
  })

  it('is given up when the input ends in mid-frame', async () => {
    await expectGivenUpInMidFrame({ config: { encoder } })
  })
})

describe('MP3 without ffmpeg', () => {
  it('is made by the built-in encoder', async () => {
    const { code, payload } = await encode({ env: NOWHERE })
    expect(code).toBe(0)
    expect(payload.length).toBeGreaterThan(30_000)
  })

  it('says what to install when ffmpeg was asked for, or the built-in one can’t', async () => {
    const odd = { input: 'audio/pcm;rate=96000;channels=1', payload: tone(1, 96_000) }
    await expectWhatToInstall({ config: { encoder: 'ffmpeg' } })
    await expectWhatToInstall(odd)
  })
})
