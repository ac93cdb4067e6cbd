import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findProgram } from '../sdk/typescript/external.ts'
import { frame } from '../sdk/typescript/frames.ts'
import { drive, type Drive } from '../sdk/typescript/testing/drive.ts'
import { probe, tone } from '../sdk/typescript/testing/sound.ts'

const folder = import.meta.dirname
const NOWHERE = { PATH: folder }
const PCM = 'audio/pcm;rate=24000;channels=1;format=s16le'
const encode = (test: Partial<Drive> & { readonly input?: string; readonly config?: Record<string, unknown> } = {}) =>
  drive({
    program: join(folder, 'main.ts'),
    folder,
    handshake: { input: test.input ?? PCM, output: 'audio/ogg', config: test.config ?? {} },
    payload: tone(3, 24_000),
    ...test,
  })
const TAGS = { title: 'The Söa', author: 'A. “Nobody”' }

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
    const { code, payload, control } = await encode({ payload: '' })
    expect({ code, bytes: payload.length, warnings: control.map(each => each.code) }).toEqual({
      code: 0,
      bytes: 0,
      warnings: ['EMPTY_INPUT'],
    })
  })

  it('is given up when the input ends in mid-frame', async () => {
    const { code, control } = await encode({ trailer: frame('unfinished').subarray(0, 6) })
    expect({ code, control }).toEqual({ code: 1, control: [] })
  })
})

describe('Opus without ffmpeg', () => {
  it.each(['auto', 'ffmpeg', 'builtin'])('says what to install (%s)', async encoder => {
    const { code, control, payload } = await encode({ env: NOWHERE, config: { encoder } })
    expect({ code, bytes: payload.length }).toEqual({ code: 1, bytes: 0 })
    expect(control).toMatchObject([
      { code: 'NEEDS_FFMPEG', fatal: true, message: expect.stringContaining('Install ffmpeg') },
    ])
  })
})
