import { FFmpeg } from '@ffmpeg/ffmpeg'
import { afterAll, beforeAll, expect } from 'vitest'
import { sine } from '#dsp/fixtures.ts'
import type { SoundChunk } from '#protocol/transcribe.ts'
import type { SoundFile } from '../../web/audio/decode/types.ts'
import { loadCore } from '../../web/export/ffmpeg/core.ts'

// Sound files for tests in the browser: FFmpeg's own encoders make them, and this says what was heard in them.

interface Source {
  readonly channels?: number
  readonly seconds?: number
  readonly rate?: number
  /** Which channels sound, at 300 Hz and 100 more for each; all when absent. */
  readonly only?: number
  /** Arguments before the sound: pictures. */
  readonly inputs?: readonly string[]
}

/** Hz. */
export const frequencyOfChannel = (channel: number) => 300 + 100 * channel

/** FFmpeg, for the tests of the file that calls this. */
export function useEncoders() {
  const ffmpeg = new FFmpeg()
  beforeAll(async () => void (await loadCore(ffmpeg)))
  afterAll(() => ffmpeg.terminate())

  /** A file for `run`. */
  async function write(name: string, bytes: Uint8Array): Promise<void> {
    await ffmpeg.writeFile(name, bytes)
  }

  /** What FFmpeg makes with these arguments. @param name its ending chooses the container */
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

  /** Encodes tones, one pitch for each channel. @param name as `run`’s */
  async function encoded(name: string, args: readonly string[], source: Source = {}): Promise<Blob> {
    const { channels = 1, seconds = 3, rate = 48_000, only, inputs = [] } = source
    const tones = Array.from({ length: channels }, (_, channel) =>
      sine(frequencyOfChannel(channel), rate, seconds * rate, only === undefined || only === channel ? 0.5 : 0),
    )
    const interleaved = new Float32Array(seconds * rate * channels)
    tones.forEach((tone, channel) => tone.forEach((sample, n) => (interleaved[n * channels + channel] = sample)))
    await write('tones.raw', new Uint8Array(interleaved.buffer))
    const raw = ['-f', 'f32le', '-ar', `${rate}`, '-ac', `${channels}`, '-i', 'tones.raw']
    return run(name, [...inputs, ...raw, ...args])
  }

  return { write, run, encoded }
}

interface Heard {
  readonly left: Float32Array
  readonly right: Float32Array
  readonly sampleRate: number
  readonly chunks: readonly SoundChunk[]
}

/** All of a file’s sound. The chunks are of one kind, and none is longer than a second. */
export async function hear(file: SoundFile): Promise<Heard> {
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
export function loudness(samples: Float32Array, frequency: number, sampleRate: number): number {
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

/** What reads a file where the browser can’t: not wanted. */
export const noElsewhere = { ffmpeg: () => Promise.reject(new Error('The browser reads this by itself.')) }
