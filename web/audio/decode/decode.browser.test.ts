import { FFmpeg } from '@ffmpeg/ffmpeg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { frequencyOf, sine } from '#dsp/fixtures.ts'
import type { SoundChunk } from '#protocol/transcribe.ts'
import { loadCore } from '../../export/ffmpeg/core.ts'
import { MAX_DAMAGED_PLACES, MAX_GAP_SECONDS } from './container.ts'
import { openSoundFile } from './open.ts'
import type { SoundFile } from './types.ts'
import { MAX_WHOLE_BYTES, MAX_WHOLE_SECONDS, openWhole } from './whole.ts'

// FFmpeg's own encoders make the files.

let ffmpeg: FFmpeg
beforeAll(async () => {
  ffmpeg = new FFmpeg()
  await loadCore(ffmpeg)
})
afterAll(() => ffmpeg.terminate())

interface Source {
  readonly channels?: number
  readonly seconds?: number
  readonly rate?: number
  /** Which channels sound, at 300 Hz and 100 more for each; all when absent. */
  readonly only?: number
  /** Arguments before the sound: pictures. */
  readonly inputs?: readonly string[]
}

const frequencyOfChannel = (channel: number) => 300 + 100 * channel

/** Encodes tones, one pitch for each channel. @param name its ending chooses the container */
async function encoded(name: string, args: readonly string[], source: Source = {}): Promise<Blob> {
  const { channels = 1, seconds = 3, rate = 48_000, only, inputs = [] } = source
  const tones = Array.from({ length: channels }, (_, channel) =>
    sine(frequencyOfChannel(channel), rate, seconds * rate, only === undefined || only === channel ? 0.5 : 0),
  )
  const interleaved = new Float32Array(seconds * rate * channels)
  tones.forEach((tone, channel) => tone.forEach((sample, n) => (interleaved[n * channels + channel] = sample)))
  await ffmpeg.writeFile('tones.raw', new Uint8Array(interleaved.buffer))
  const raw = ['-f', 'f32le', '-ar', `${rate}`, '-ac', `${channels}`, '-i', 'tones.raw']
  return run(name, [...inputs, ...raw, ...args])
}

async function run(name: string, args: readonly string[]): Promise<Blob> {
  const log: string[] = []
  const hear = ({ message }: { message: string }) => log.push(message)
  ffmpeg.on('log', hear)
  const code = await ffmpeg.exec([...args, name])
  ffmpeg.off('log', hear)
  if (code !== 0) throw new Error(log.slice(-5).join('\n'))
  const bytes = (await ffmpeg.readFile(name)) as Uint8Array<ArrayBuffer>
  await ffmpeg.deleteFile(name)
  return new Blob([bytes])
}

interface Heard {
  readonly left: Float32Array
  readonly right: Float32Array
  readonly sampleRate: number
  readonly chunks: readonly SoundChunk[]
}

async function hear(file: SoundFile): Promise<Heard> {
  const chunks = await Array.fromAsync(file.sound())
  const [{ sampleRate, channels }] = chunks as [SoundChunk]
  const all = new Float32Array(chunks.reduce((sum, { samples }) => sum + samples.length, 0))
  let at = 0
  for (const chunk of chunks) {
    expect([chunk.sampleRate, chunk.channels]).toEqual([sampleRate, channels])
    expect(chunk.samples.length).toBeLessThanOrEqual(sampleRate * channels)
    all.set(chunk.samples, at)
    at += chunk.samples.length
  }
  const side = (n: number) => all.filter((_, index) => index % channels === n % channels)
  return { left: side(0), right: side(1), sampleRate, chunks }
}

/** Amplitude of a tone in the middle of a sound. */
function loudness(samples: Float32Array, frequency: number, sampleRate: number): number {
  const frames = Math.floor(sampleRate / 100) * 100
  const from = (samples.length - frames) >> 1
  const step = (2 * Math.PI * frequency) / sampleRate
  let [real, imaginary] = [0, 0]
  for (let n = 0; n < frames; n++) {
    real += samples[from + n]! * Math.cos(step * n)
    imaginary += samples[from + n]! * Math.sin(step * n)
  }
  return (2 * Math.hypot(real, imaginary)) / frames
}

const noElsewhere = { ffmpeg: () => Promise.reject(new Error('The browser reads this by itself.')) }

describe('what the browser decodes packet by packet', () => {
  it.each([
    ['u8.wav', ['-c:a', 'pcm_u8'], 8_000],
    ['s16.wav', ['-c:a', 'pcm_s16le'], 11_025],
    ['s24.wav', ['-c:a', 'pcm_s24le'], 44_100],
    ['s32.wav', ['-c:a', 'pcm_s32le'], 96_000],
    ['f32.wav', ['-c:a', 'pcm_f32le'], 192_000],
    ['f64.wav', ['-c:a', 'pcm_f64le'], 48_000],
    ['ulaw.wav', ['-c:a', 'pcm_mulaw'], 8_000],
    ['alaw.wav', ['-c:a', 'pcm_alaw'], 8_000],
    ['rf64.wav', ['-rf64', 'always'], 16_000],
    ['a.mp3', ['-b:a', '64k'], 44_100],
    ['a.m4a', ['-c:a', 'aac'], 44_100],
    ['a.aac', ['-c:a', 'aac'], 48_000],
    ['a.ts', ['-c:a', 'aac'], 48_000],
    ['a.flac', [], 96_000],
    ['a.ogg', ['-c:a', 'libvorbis'], 44_100],
    ['a.opus', ['-c:a', 'libopus'], 48_000],
    ['a.webm', ['-c:a', 'libopus'], 48_000],
    ['a.mkv', ['-c:a', 'flac'], 32_000],
    ['a.mov', ['-c:a', 'pcm_s16be'], 22_050],
  ])('%s', async (name, args, rate) => {
    const file = await openSoundFile(await encoded(name, args, { rate }), noElsewhere)
    expect(file).toMatchObject({ channels: 1, sampleRate: rate, video: false })
    const { left, sampleRate } = await hear(file)
    expect(sampleRate).toBe(rate)
    if (file.duration !== undefined) expect(Math.abs(file.duration - 3)).toBeLessThan(0.1)
    expect(Math.abs(left.length / rate - 3)).toBeLessThan(0.1)
    expect(frequencyOf(left.subarray(rate, 2 * rate), rate)).toBeCloseTo(300, 0)
    expect(Math.abs(loudness(left, 300, rate) - 0.5)).toBeLessThan(0.03)
    file.close()
  })

  it('keeps two channels apart, and mixes six to two', async () => {
    const stereo = await hear(await openSoundFile(await encoded('a.flac', [], { channels: 2 }), noElsewhere))
    expect(loudness(stereo.left, 300, 48_000)).toBeCloseTo(0.5, 2)
    expect(loudness(stereo.left, 400, 48_000)).toBeCloseTo(0, 2)
    expect(loudness(stereo.right, 400, 48_000)).toBeCloseTo(0.5, 2)
    // Encoders and decoders of each kind have their own order of channels; all mean the same ones.
    for (const [name, ...args] of [['a.wav'], ['a.flac'], ['a.m4a', '-c:a', 'aac', '-b:a', '400k']] as const) {
      const file = await openSoundFile(await encoded(name, args, { channels: 6 }), noElsewhere)
      expect(file.channels).toBe(2)
      const { left, right } = await hear(file)
      const gains = (side: Float32Array) =>
        [0, 1, 2, 4, 5].map(n => loudness(side, frequencyOfChannel(n), 48_000) / 0.5)
      for (const [side, expected] of [
        [left, [0.414, 0, 0.293, 0.293, 0]],
        [right, [0, 0.414, 0.293, 0, 0.293]],
      ] as const) {
        gains(side).forEach((gain, n) => expect(Math.abs(gain - expected[n]!), `${name} ${n}`).toBeLessThan(0.03))
      }
    }
  })

  it('takes the first of two tracks, or the one that is the default', async () => {
    const one = await encoded('one.flac', [], { channels: 2, only: 0 })
    const two = await encoded('two.flac', [], { channels: 2, only: 1 })
    await ffmpeg.writeFile('one.flac', new Uint8Array(await one.arrayBuffer()))
    await ffmpeg.writeFile('two.flac', new Uint8Array(await two.arrayBuffer()))
    const both = ['-i', 'one.flac', '-i', 'two.flac', '-map', '0:a', '-map', '1:a', '-c', 'copy']
    const first = await hear(await openSoundFile(await run('both.mkv', [...both, '-disposition:a', '0'])))
    expect(loudness(first.left, 300, 48_000)).toBeCloseTo(0.5, 2)
    const second = await hear(
      await openSoundFile(await run('both.mkv', [...both, '-disposition:a:0', '0', '-disposition:a:1', 'default'])),
    )
    expect(loudness(second.right, 400, 48_000)).toBeCloseTo(0.5, 2)
    expect(loudness(second.left, 300, 48_000)).toBeCloseTo(0, 2)
  })

  describe('keeps the file’s own times', () => {
    /** Pictures from the start, and sound from `seconds` on. */
    async function late(seconds: number): Promise<Blob> {
      await ffmpeg.writeFile('frames.raw', new Uint8Array(64 * 64 * 1.5 * 10))
      const pictures = ['-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', '64x64', '-r', '10', '-i', 'frames.raw']
      return encoded('late.mkv', ['-c:v', 'libvpx', '-c:a', 'flac', '-map', '0:v', '-map', '1:a'], {
        inputs: [...pictures, '-itsoffset', `${seconds}`],
        rate: 8_000,
      })
    }

    it('a track that begins late begins late', async () => {
      const file = await openSoundFile(await late(1.5), noElsewhere)
      expect(file.video).toBe(true)
      const { left, sampleRate } = await hear(file)
      const onset = left.findIndex(sample => Math.abs(sample) > 0.1) / sampleRate
      expect(Math.abs(onset - 1.5)).toBeLessThan(0.05)
      expect(Math.abs(left.length / sampleRate - 4.5)).toBeLessThan(0.1)
    })

    it('a clock that jumps by more than ten minutes is not believed', async () => {
      const most = await hear(await openSoundFile(await late(MAX_GAP_SECONDS), noElsewhere))
      expect(Math.abs(most.left.length / 8_000 - MAX_GAP_SECONDS - 3)).toBeLessThan(0.1)
      const more = await hear(await openSoundFile(await late(MAX_GAP_SECONDS + 1), noElsewhere))
      expect(Math.abs(more.left.length / 8_000 - 3)).toBeLessThan(0.1)
    })
  })
})

describe('what is wrong with files', () => {
  const refusal = (file: Blob, options = {}) =>
    openSoundFile(file, options).then(
      () => expect.fail('It was opened.'),
      (error: unknown) => error,
    )

  it('nothing, no sound, pictures alone', async () => {
    expect(await refusal(new Blob([]))).toMatchObject({ code: 'bad-input', details: { reason: 'empty' } })
    const words = new Blob(['A letter, and no sound at all. '.repeat(1000)], { type: 'text/plain' })
    expect(await refusal(words, noElsewhere)).toMatchObject({ code: 'bad-input', details: { reason: 'not-sound' } })
    await ffmpeg.writeFile('frames.raw', new Uint8Array(64 * 64 * 1.5 * 10))
    const frames = ['-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', '64x64', '-r', '10', '-i', 'frames.raw']
    for (const name of ['mute.mp4', 'mute.webm']) {
      const mute = await run(name, frames)
      expect(await refusal(mute, noElsewhere)).toMatchObject({ code: 'bad-input', details: { reason: 'no-sound' } })
    }
  })

  it('an MP3 and a WAV that were cut off are read to where they were cut', async () => {
    for (const [name, ...args] of [['cut.mp3', '-b:a', '64k'], ['cut.wav'], ['cut.aac']] as const) {
      const whole = await encoded(name, args, { seconds: 10 })
      const file = await openSoundFile(whole.slice(0, Math.round(whole.size * 0.6) + 1), noElsewhere)
      const { left, sampleRate } = await hear(file)
      expect(Math.abs(left.length / sampleRate - 6), name).toBeLessThan(0.5)
      expect(frequencyOf(left.subarray(sampleRate, 2 * sampleRate), sampleRate)).toBeCloseTo(300, 0)
    }
  })

  it('a hole in the middle leaves the rest where it was', async () => {
    const whole = await encoded('hole.m4a', ['-c:a', 'aac', '-b:a', '96k'], { seconds: 20 })
    const from = Math.round(whole.size * 0.4)
    const random = crypto.getRandomValues(new Uint8Array(3000))
    const file = await openSoundFile(new Blob([whole.slice(0, from), random, whole.slice(from + random.length)]))
    const { left, sampleRate } = await hear(file)
    expect(Math.abs(left.length / sampleRate - 20)).toBeLessThan(0.2)
    for (const second of [1, 5, 14, 18]) {
      const part = left.subarray(second * sampleRate, (second + 1) * sampleRate)
      expect(frequencyOf(part, sampleRate), `at ${second} s`).toBeCloseTo(300, 0)
    }
  })

  it('too many holes are the end, after what came before', async () => {
    const whole = await encoded('holes.m4a', ['-c:a', 'aac', '-b:a', '96k'], { seconds: 40 })
    const from = Math.round(whole.size * 0.3)
    const perSecond = (whole.size - 1000) / 40
    const hole = (seconds: number) => {
      const bytes = new Uint8Array(Math.round(seconds * perSecond)).fill(0xff)
      return new Blob([whole.slice(0, from), bytes, whole.slice(from + bytes.length)])
    }
    // Half a second is left out at each place.
    const file = await openSoundFile(hole(MAX_DAMAGED_PLACES * 0.5 - 2))
    expect(Math.abs((await hear(file)).left.length / 48_000 - 40)).toBeLessThan(0.2)
    const sound = (await openSoundFile(hole(MAX_DAMAGED_PLACES * 0.5 + 2))).sound()[Symbol.asyncIterator]()
    let seconds = 0
    const rest = async () => {
      for (;;) seconds += (await sound.next()).value!.samples.length / 48_000
    }
    await expect(rest()).rejects.toMatchObject({ code: 'bad-input', details: { reason: 'damaged' } })
    expect(seconds).toBeGreaterThan(9)
  })

  it('a WAV that says it is empty, or endless, is read whole', async () => {
    const whole = new Uint8Array(await (await encoded('a.wav', ['-bitexact'])).arrayBuffer())
    const view = new DataView(whole.buffer)
    const size = whole.findIndex((_, n) => view.getUint32(n) === 0x64617461) + 4
    for (const said of [0, 0xffffffff, 0x7ffff000, 1000]) {
      view.setUint32(size, said, true)
      const { left } = await hear(await openSoundFile(new Blob([whole]), noElsewhere))
      expect(left).toHaveLength(3 * 48_000)
    }
  })
})

describe('what the browser can only decode whole', () => {
  it('is decoded so, with its rate made the page’s', async () => {
    // MP3 in WAVE: its parts are not found, but the browser plays it.
    const file = await openSoundFile(await encoded('mp3.wav', ['-c:a', 'libmp3lame', '-b:a', '64k']), noElsewhere)
    expect(file).toMatchObject({ channels: 1, sampleRate: 48_000, video: false })
    const { left, sampleRate } = await hear(file)
    expect(Math.abs(file.duration! - 3)).toBeLessThan(0.1)
    expect(frequencyOf(left.subarray(sampleRate, 2 * sampleRate), sampleRate)).toBeCloseTo(300, 0)
    file.close()
    await expect(hear(file)).rejects.toMatchObject({ code: 'cancelled' })
  })

  it('has to fit in memory', async () => {
    const short = await encoded('mp3.wav', ['-c:a', 'libmp3lame', '-b:a', '64k'])
    const padded = (bytes: number) => new Blob([short, new Uint8Array(bytes - short.size)])
    expect((await openWhole(padded(MAX_WHOLE_BYTES)))?.sampleRate).toBe(48_000)
    expect(await openWhole(padded(MAX_WHOLE_BYTES + 1))).toBeUndefined()
  })

  it('stands in where the browser has no decoder of packets, for files up to ten minutes', async () => {
    vi.stubGlobal('AudioDecoder', undefined)
    try {
      const short = await encoded('a.mp3', ['-b:a', '64k', '-ac', '2'])
      const { left } = await hear(await openSoundFile(short, noElsewhere))
      expect(frequencyOf(left.subarray(48_000, 96_000), 48_000)).toBeCloseTo(300, 0)
      // FLAC tells its length exactly; silence takes no room.
      const silence = ['-f', 's16le', '-ar', '8000', '-ac', '1', '-i', 'zero.raw']
      await ffmpeg.writeFile('zero.raw', new Uint8Array((MAX_WHOLE_SECONDS + 1) * 16_000))
      const long = await run('long.flac', [...silence, '-t', `${MAX_WHOLE_SECONDS + 1}`])
      await expect(openSoundFile(new Blob([long], { type: 'audio/flac' }))).rejects.toMatchObject({
        code: 'unsupported',
        details: { needs: 'ffmpeg' },
      })
      const most = await run('most.flac', [...silence, '-t', `${MAX_WHOLE_SECONDS}`])
      const file = await openSoundFile(most, noElsewhere)
      expect(file.duration).toBe(MAX_WHOLE_SECONDS)
      file.close()
    } finally {
      vi.unstubAllGlobals()
    }
  })
})

describe('three hours', () => {
  const hours = 3
  const rate = 2_000
  /** 8-bit PCM: a minute of tone, again and again. */
  async function long(): Promise<Blob> {
    const minute = Uint8Array.from(sine(300, rate, 60 * rate, 100), sample => 128 + sample)
    const short = await encoded('head.wav', ['-c:a', 'pcm_u8', '-bitexact'], { rate, seconds: 1 })
    const head = new Uint8Array(await short.slice(0, 44).arrayBuffer())
    const bytes = hours * 60 * minute.length
    new DataView(head.buffer).setUint32(4, bytes + 36, true)
    new DataView(head.buffer).setUint32(40, bytes, true)
    const piece = new Blob([minute])
    return new Blob([head, ...Array.from({ length: hours * 60 }, () => piece)])
  }

  it('flow through to the last sample, and say how far they are', async () => {
    const file = await openSoundFile(await long(), noElsewhere)
    expect(file.duration).toBe(hours * 3600)
    let frames = 0
    let last = 0
    const onProgress = vi.fn(({ done, total }: { done: number; total?: number }) => {
      expect(done).toBeGreaterThanOrEqual(last)
      expect(total).toBe(hours * 3600)
      last = done
    })
    for await (const { samples } of file.sound({ onProgress })) frames += samples.length
    expect(frames).toBe(hours * 3600 * rate)
    expect(last).toBe(hours * 3600)
    file.close()
  })

  it('end at once when they are not wanted any more', async () => {
    const file = await openSoundFile(await long(), noElsewhere)
    const controller = new AbortController()
    let chunks = 0
    const reading = (async () => {
      for await (const _chunk of file.sound({ signal: controller.signal })) if (++chunks === 3) controller.abort()
    })()
    await expect(reading).rejects.toMatchObject({ code: 'cancelled' })
    expect(chunks).toBe(3)
    // It can be read again, and closing it ends whoever reads.
    const sound = file.sound()[Symbol.asyncIterator]()
    expect((await sound.next()).done).toBe(false)
    file.close()
    const rest = async () => {
      while (!(await sound.next()).done);
    }
    await expect(rest()).rejects.toMatchObject({ code: 'cancelled' })
  })
})
