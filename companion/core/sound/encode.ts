import { SeamError } from '#protocol/errors.ts'
import { toPcm16, wavHeader } from '../wav.ts'
import { ffmpegMissing, findFfmpeg, runFfmpeg } from './ffmpeg.ts'

export const SPEECH_FORMATS = ['mp3', 'opus', 'aac', 'flac', 'wav', 'pcm'] as const
/** Files that speech is sent as. */
export type SpeechFormat = (typeof SPEECH_FORMATS)[number]

export const FORMAT_TYPES: Readonly<Record<SpeechFormat, string>> = {
  mp3: 'audio/mpeg',
  opus: 'audio/ogg',
  aac: 'audio/aac',
  flac: 'audio/flac',
  wav: 'audio/wav',
  pcm: 'audio/pcm',
}

/** kbit/s of one voice: as the plugins that encode have them when nothing is said. */
const BITRATES = { mp3: 96, aac: 80, opus: 48 } as const

/** What comes out of ffmpeg can't be gone back to: no headers that need the length. */
const FFMPEG: Readonly<Record<Exclude<SpeechFormat, 'wav' | 'pcm'>, readonly string[]>> = {
  mp3: ['-c:a', 'libmp3lame', '-b:a', `${BITRATES.mp3}k`, '-f', 'mp3', '-write_xing', '0', '-id3v2_version', '0'],
  opus: ['-c:a', 'libopus', '-b:a', `${BITRATES.opus}k`, '-f', 'ogg', '-page_duration', '200000'],
  aac: ['-c:a', 'aac', '-b:a', `${BITRATES.aac}k`, '-f', 'adts'],
  flac: ['-c:a', 'flac', '-f', 'flac'],
}

/** Mono sound as it is made, −1…1. */
export type Samples = AsyncIterable<Float32Array<ArrayBuffer>>

export interface Encoding {
  readonly format: SpeechFormat
  /** Hz. */
  readonly rate: number
  readonly signal?: AbortSignal
}

/**
 * A file of the sound, as the sound comes. MP3 and AAC are made by ffmpeg where it is, and else in this process; Opus
 * and FLAC need it.
 * @throws SeamError unsupported at once when ffmpeg is needed; while it is read engine, cancelled
 */
export function encodeSound(sound: Samples, encoding: Encoding, find = findFfmpeg): AsyncIterable<Uint8Array> {
  const { format, rate, signal } = encoding
  if (format === 'pcm') return pcm(sound)
  if (format === 'wav') return wav(sound, rate)
  const program = find()
  if (program !== undefined) {
    const source = ['-probesize', '32', '-f', 's16le', '-ar', String(rate), '-ac', '1', '-i', 'pipe:0']
    const args = [...source, ...FFMPEG[format], '-flush_packets', '1', 'pipe:1']
    const failed = { code: 'engine', message: `This ffmpeg does not make ${format}.` } as const
    return runFfmpeg({ program, args, input: pcm(sound), signal, failed })
  }
  if (format === 'mp3' || format === 'aac') return builtIn(sound, format, rate)
  throw ffmpegMissing(`${format === 'opus' ? 'Opus' : 'FLAC'} is made by`)
}

async function* pcm(sound: Samples): AsyncGenerator<Uint8Array> {
  for await (const samples of sound) yield toPcm16(samples)
}

async function* wav(sound: Samples, rate: number): AsyncGenerator<Uint8Array> {
  yield wavHeader(rate)
  yield* pcm(sound)
}

/** LAME, or an AAC encoder, in WebAssembly. */
async function* builtIn(sound: Samples, codec: 'mp3' | 'aac', rate: number): AsyncGenerator<Uint8Array> {
  // Only now: they bring WebAssembly with them.
  const { AdtsOutputFormat, AppendOnlyStreamTarget, AudioSample, AudioSampleSource, Mp3OutputFormat, Output } =
    await import('mediabunny')
  if (codec === 'mp3') (await import('@mediabunny/mp3-encoder')).registerMp3Encoder()
  else (await import('@mediabunny/aac-encoder')).registerAacEncoder()
  let fail: (error: unknown) => void = () => undefined
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>({
    start(controller) {
      fail = error => controller.error(error)
    },
  })
  const output = new Output({
    format: codec === 'mp3' ? new Mp3OutputFormat({ xingHeader: false }) : new AdtsOutputFormat(),
    target: new AppendOnlyStreamTarget(writable),
  })
  const source = new AudioSampleSource({ codec, bitrate: BITRATES[codec] * 1000 })
  output.addAudioTrack(source)
  const making = async () => {
    await output.start()
    let frames = 0
    for await (const data of sound) {
      if (data.length === 0) continue
      const init = { data, format: 'f32', numberOfChannels: 1, sampleRate: rate, timestamp: frames / rate } as const
      frames += data.length
      const sample = new AudioSample(init)
      await source.add(sample)
      sample.close()
    }
    await output.finalize()
  }
  const made = making().catch((error: unknown) => {
    fail(error)
    throw error
  })
  // Told where it is awaited below, or by the broken stream.
  made.catch(() => undefined)
  try {
    for await (const bytes of readable) yield bytes.slice()
    await made
  } catch (error) {
    throw error instanceof SeamError ? error : new SeamError('engine', `${codec} can’t be made: ${String(error)}`)
  } finally {
    // Its stream may be broken already: then there is nothing to cancel.
    if (output.state === 'started') await output.cancel().catch(() => undefined)
  }
}
