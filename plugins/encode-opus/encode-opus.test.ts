import { describe, expect, it } from 'vitest'
import { findProgram } from '../sdk/typescript/external.ts'
import { encoderBench, TAGS } from '../sdk/typescript/testing/encoder.ts'
import { probe, tone } from '../sdk/typescript/testing/sound.ts'

const { encode, expectNoFileOfNoSound, expectGivenUpInMidFrame, expectWhatToInstall } = encoderBench(
  import.meta.dirname,
  'audio/ogg',
)

describe.skipIf(!findProgram('ffmpeg'))('Opus', () => {
  it('is the whole sound, with tags', async () => {
    const { code, payload, control } = await encode({ config: { bitrate: 32, ...TAGS }, slice: 1009, frameBytes: 333 })
    expect({ code, control }).toEqual({ code: 0, control: [] })
    const { codec, channels, seconds, tags, format } = probe(payload)
    expect({ codec, channels, format }).toEqual({ codec: 'opus', channels: 1, format: 'ogg' })
    expect(Math.abs(seconds - 3)).toBeLessThan(0.05)
    expect(tags).toMatchObject({ title: TAGS.title, artist: TAGS.author })
    expect(payload.length).toBeLessThan(20_000)
  })

  it('has any rate, two channels, floats, and no more bits than there can be', async () => {
    const input = 'audio/pcm;rate=44100;channels=2;format=f32le'
    const { payload } = await encode({ input, payload: tone(1, 44_100, 2, 'f32le'), config: { bitrate: 510 } })
    expect(probe(payload)).toMatchObject({ codec: 'opus', channels: 2, rate: 48_000 })
    expect((await encode({ config: { bitrate: 510 } })).code).toBe(0)
  })

  it('comes while the sound is still coming', async () => {
    const { code, early } = await encode({ payload: tone(30, 24_000), openUntil: 20_000 })
    expect(code).toBe(0)
    expect(early).toBeGreaterThanOrEqual(20_000)
  })

  it('of no sound is no file', async () => {
    await expectNoFileOfNoSound()
  })

  it('is given up when the input ends in mid-frame', async () => {
    await expectGivenUpInMidFrame()
  })
})

describe('Opus without ffmpeg', () => {
  it.each(['auto', 'ffmpeg', 'builtin'])('says what to install (%s)', async encoder => {
    await expectWhatToInstall({ config: { encoder } })
  })
})
