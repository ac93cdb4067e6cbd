import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SeamError } from '#protocol/errors.ts'
import { openSound, type SoundSource } from './open.ts'
import { HIGHEST_RATE, LOWEST_RATE, MOST_CHANNELS } from './wav-reader.ts'

let folder: string
const at = (name: string) => join(folder, name)
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'voxloom-sound-'))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A tone of 440 Hz at half of full scale, by another program. */
function made(name: string, seconds: number, ...args: string[]): string {
  const source = ['-f', 'lavfi', '-i', `sine=frequency=440:sample_rate=48000:duration=${seconds}`]
  // The source has an eighth of full scale.
  execFileSync('ffmpeg', ['-y', '-loglevel', 'error', ...source, '-af', 'volume=4', ...args, at(name)])
  return at(name)
}

interface Heard {
  readonly seconds: number
  /** Root mean square of the first channel. */
  readonly level: number
  /** Hz, by its zero crossings. */
  readonly pitch: number
}

async function hear(source: SoundSource): Promise<Heard & { readonly duration: number | undefined }> {
  const sound = await openSound(source)
  let frames = 0
  let squares = 0
  let crossings = 0
  let last = 0
  let rate = 1
  for await (const { samples, sampleRate, channels } of sound.chunks) {
    rate = sampleRate
    for (let n = 0; n < samples.length; n += channels) {
      const sample = samples[n]!
      squares += sample * sample
      // What hovers around zero has not crossed it.
      if (Math.abs(sample) > 0.05) {
        if (last < 0 && sample > 0) crossings++
        last = sample
      }
      frames++
    }
  }
  const seconds = frames / rate
  return { seconds, level: Math.sqrt(squares / frames), pitch: crossings / seconds, duration: sound.duration }
}

/** A head, and samples of silence. */
function wav({ channels = 1, rate = 16_000, bits = 16, tag = 1, size = 64, sound = Buffer.alloc(64) } = {}): Buffer {
  const head = Buffer.alloc(44)
  head.write('RIFF', 0)
  head.writeUInt32LE(36 + sound.length, 4)
  head.write('WAVEfmt ', 8)
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(tag, 20)
  head.writeUInt16LE(channels, 22)
  head.writeUInt32LE(rate, 24)
  head.writeUInt32LE(0, 28)
  head.writeUInt16LE((channels * bits) / 8, 32)
  head.writeUInt16LE(bits, 34)
  head.write('data', 36)
  head.writeUInt32LE(size, 40)
  return Buffer.concat([head, sound])
}

const open = (bytes: Buffer, name = 'x.wav') => {
  writeFileSync(at(name), bytes)
  return openSound({ path: at(name) })
}

async function* slices(bytes: Buffer, length: number): AsyncGenerator<Buffer> {
  for (let from = 0; from < bytes.length; from += length) yield bytes.subarray(from, from + length)
}

describe('WAV', () => {
  it.each([
    ['pcm_u8', 1, 8000],
    ['pcm_s16le', 2, 44_100],
    ['pcm_s24le', 1, 96_000],
    ['pcm_s32le', 2, 48_000],
    ['pcm_f32le', 1, 22_050],
    ['pcm_f64le', 2, 16_000],
    ['pcm_alaw', 1, 8000],
    ['pcm_mulaw', 2, 8000],
    ['pcm_s16le', 6, 48_000],
  ])('of %s in %d channels at %d Hz is the same tone', async (codec, channels, rate) => {
    // One voice in every channel is louder when they are mixed.
    const pan = `pan=${channels === 6 ? '5.1' : channels === 2 ? 'stereo' : 'mono'}|${[
      'FL',
      'FR',
      'FC',
      'LFE',
      'BL',
      'BR',
    ]
      .slice(0, channels === 1 ? 0 : channels)
      .map(name => `${name}=c0`)
      .join('|')}`
    const layout = channels === 1 ? [] : ['-af', `volume=4,${pan}`]
    const path = made(`${codec}-${channels}.wav`, 1, '-c:a', codec, '-ar', String(rate), ...layout)
    const { seconds, level, pitch, duration } = await hear({ path })
    expect(seconds).toBeCloseTo(1, 3)
    expect(duration).toBeCloseTo(seconds, 3)
    expect(pitch).toBeCloseTo(440, -0.5)
    const expected = Math.min(1, channels > 2 ? Math.SQRT1_2 * 0.5 * Math.sqrt(channels) : Math.SQRT1_2 * 0.5)
    expect(level).toBeGreaterThan(expected * 0.85)
    expect(level).toBeLessThan(expected * 1.1)
  })

  it('comes the same from a pipe in slices of any size, whose header knows no length', async () => {
    const bytes = readFileSync(made('piped.wav', 1, '-c:a', 'pcm_s24le', '-ar', '44100', '-ac', '2'))
    const data = bytes.indexOf('data') + 4
    for (const length of [0xffff_ffff, 0x7fff_f000, 0]) {
      bytes.writeUInt32LE(length, data)
      for (const slice of [1009, 1 << 16]) {
        const { seconds, duration, pitch } = await hear({ bytes: slices(bytes, slice) })
        expect([duration, pitch]).toEqual([undefined, expect.closeTo(440, -0.5)])
        expect(seconds).toBeCloseTo(1, 3)
      }
    }
  })

  it('with 64-bit sizes, with chunks before its sound, and cut in the middle, is read as far as it goes', async () => {
    const long = await hear({ path: made('rf64.wav', 1, '-rf64', 'always', '-metadata', 'title=A tone') })
    expect([long.seconds, long.duration]).toEqual([expect.closeTo(1, 3), expect.closeTo(1, 3)])
    const whole = readFileSync(made('whole.wav', 1, '-metadata', 'title=A tone'))
    writeFileSync(at('cut.wav'), whole.subarray(0, Math.floor(whole.length / 2) + 1))
    const cut = await hear({ path: at('cut.wav') })
    expect([cut.seconds, cut.duration]).toEqual([expect.closeTo(0.5, 2), expect.closeTo(0.5, 2)])
  })

  it.each([
    [{ channels: MOST_CHANNELS }, undefined],
    [{ channels: MOST_CHANNELS + 1 }, 'bad-input'],
    [{ channels: 0 }, 'bad-input'],
    [{ rate: LOWEST_RATE }, undefined],
    [{ rate: LOWEST_RATE - 1 }, 'bad-input'],
    [{ rate: HIGHEST_RATE }, undefined],
    [{ rate: HIGHEST_RATE + 1 }, 'bad-input'],
  ])('whose head says %o: %s', async (head, code) => {
    if (code === undefined) await (await open(wav(head))).close()
    else await expect(open(wav(head))).rejects.toMatchObject({ code, message: expect.stringContaining('damaged') })
  })

  it('of whatever bytes ends with samples or a sentence, and never waits for what is not there', async () => {
    const head = fc.constantFrom(Buffer.from('fmt '), Buffer.from('data'), Buffer.from('ds64'), Buffer.from('LIST'))
    const chunk = fc.tuple(head, fc.nat(0xffff_ffff), fc.uint8Array({ maxLength: 60 })).map(([id, size, content]) => {
      const length = Buffer.alloc(4)
      length.writeUInt32LE(size % 3 === 0 ? size : content.length)
      return Buffer.concat([id, length, content])
    })
    const file = fc.array(chunk, { maxLength: 5 }).map(chunks => Buffer.concat([wav().subarray(0, 12), ...chunks]))
    await fc.assert(
      fc.asyncProperty(file, fc.integer({ min: 1, max: 40 }), async (bytes, slice) => {
        try {
          const { chunks } = await openSound({ bytes: slices(bytes, slice) })
          for await (const { samples } of chunks) expect(samples.every(Number.isFinite)).toBe(true)
        } catch (error) {
          expect(error).toBeInstanceOf(SeamError)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('without sound, or that is none, says so', async () => {
    await expect(open(Buffer.alloc(0))).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining('empty'),
    })
    await expect(open(wav().subarray(0, 30))).rejects.toMatchObject({ code: 'bad-input' })
    const { chunks } = await open(wav({ sound: Buffer.alloc(0), size: 0 }))
    expect(await Array.fromAsync(chunks)).toEqual([])
    await expect(openSound({ path: at('none.wav') })).rejects.toMatchObject({ code: 'not-found' })
    await expect(openSound({ path: folder })).rejects.toMatchObject({ code: 'bad-input' })
  })
})

describe('every other kind', () => {
  it.each([
    ['a.mp3', ['-b:a', '64k']],
    ['a.m4a', ['-c:a', 'aac']],
    ['a.ogg', ['-c:a', 'libopus']],
    ['a.flac', ['-c:a', 'flac']],
    ['a.webm', ['-c:a', 'libopus']],
    ['a.aiff', ['-c:a', 'pcm_s16be']],
    ['adpcm.wav', ['-c:a', 'adpcm_ms']],
  ])('is read by ffmpeg: %s', async (name, args) => {
    const { seconds, pitch, duration } = await hear({ path: made(name, 2, ...args) })
    expect(seconds).toBeCloseTo(2, 0.5)
    // ADPCM adds noise of its own.
    expect(pitch).toBeCloseTo(440, -1.3)
    if (!/aiff|adpcm/.test(name)) expect(duration).toBeCloseTo(2, 0.5)
  })

  it('comes through a pipe as well', async () => {
    const bytes = readFileSync(made('piped.mp3', 2, '-b:a', '64k'))
    expect((await hear({ bytes: slices(bytes, 1000) })).seconds).toBeCloseTo(2, 0.5)
  })

  it('that is no sound is refused, with what ffmpeg says', async () => {
    const { chunks } = await open(Buffer.from('Once upon a time there was no sound. '.repeat(100)), 'text.mp3')
    await expect(Array.fromAsync(chunks)).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(/text\.mp3 can’t be read as sound\. ffmpeg says: ./),
    })
  })

  it('that leads to other files is not followed', async () => {
    made('secret.wav', 1)
    for (const [name, text] of [
      ['list.m3u8', `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n${at('secret.wav')}\n#EXT-X-ENDLIST\n`],
      ['list.txt', `ffconcat version 1.0\nfile '${at('secret.wav')}'\n`],
    ] as const) {
      const { chunks } = await open(Buffer.from(text), name)
      await expect(Array.fromAsync(chunks)).rejects.toMatchObject({ code: 'bad-input' })
    }
  })

  it('is given up at once', async () => {
    const stop = new AbortController()
    const { chunks } = await openSound({ path: made('long.mp3', 60, '-b:a', '32k') }, stop.signal)
    await expect(
      (async () => {
        for await (const _ of chunks) stop.abort()
      })(),
    ).rejects.toMatchObject({ name: 'AbortError' })
  })
})
