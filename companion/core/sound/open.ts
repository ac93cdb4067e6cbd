import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { SeamError } from '#protocol/errors.ts'
import type { SoundChunk } from '#protocol/transcribe.ts'
import { fileError } from '../models/files.ts'
import { ByteReader } from './byte-reader.ts'
import { measureFile } from './duration.ts'
import { ffmpegMissing, findFfmpeg, runFfmpeg } from './ffmpeg.ts'
import { SAMPLE_BYTES } from './samples.ts'
import { isWav, readWavHead, wavSound, type WavHead } from './wav-reader.ts'

/** A file by its path, or bytes as they come. */
export type SoundSource = { readonly path: string } | { readonly bytes: AsyncIterable<Uint8Array> }

/** Sound that was found to be such. Read once. */
export interface OpenedSound {
  /** Seconds; undefined where the file does not say. */
  readonly duration: number | undefined
  /** What came before it failed is given. @throws SeamError bad-input, cancelled */
  readonly chunks: AsyncIterable<SoundChunk>
  /** For sound that is not read to its end. */
  close(): Promise<void>
}

/** Hz of what ffmpeg makes: what recognisers hear at. */
const RATE = 16_000
const PIECE = 1 << 16

/**
 * Kinds of files that ffmpeg may take something for, by the names of its demuxers: playlists and scripts, which lead to
 * other files, are not among them.
 */
const DEMUXERS = [
  ...['aac', 'ac3', 'aiff', 'amr', 'ape', 'asf', 'au', 'avi', 'caf', 'dts', 'eac3', 'flac', 'flv', 'gsm', 'loas'],
  ...['matroska', 'mov', 'mp3', 'mpeg', 'mpegts', 'mpegvideo', 'ogg', 'rm', 'tta', 'voc', 'w64', 'wav', 'webm', 'wv'],
].join(',')

/**
 * Opens a sound: WAV is read here, everything else by ffmpeg. Memory does not grow with the length.
 * @throws SeamError not-found, refused, bad-input (nothing in it, or no sound), unsupported (ffmpeg is needed)
 */
export async function openSound(source: SoundSource, signal?: AbortSignal): Promise<OpenedSound> {
  const isFile = 'path' in source
  const bytes = isFile ? readable(source.path) : source.bytes
  const reader = new ByteReader(bytes)
  try {
    const begin = await reader.take(12)
    if (begin.length === 0) {
      throw new SeamError('bad-input', `${isFile ? source.path : 'The input'} is empty: there is no sound in it.`)
    }
    if (isWav(begin)) {
      const head = await headOf(reader)
      if (head) {
        const size = isFile ? (await stat(source.path)).size : undefined
        return { duration: wavDuration(head, size), chunks: wavSound(reader, head), close: () => reader.close() }
      }
      if (!isFile) {
        throw new SeamError('unsupported', 'The WAV sound holds a codec. Save it to a file first: ffmpeg reads that.')
      }
    }
    const program = findFfmpeg()
    if (!program) throw ffmpegMissing('Only WAV is read without')
    const input = isFile ? undefined : joined(begin, reader)
    if (isFile) await reader.close()
    return {
      duration: isFile ? await measureFile(source.path) : undefined,
      chunks: throughFfmpeg(program, isFile ? source.path : undefined, input, signal),
      close: () => reader.close(),
    }
  } catch (error) {
    await reader.close()
    throw error
  }
}

/** The head of a WAV file; undefined where a codec is within, which is ffmpeg's to read. */
async function headOf(reader: ByteReader): Promise<WavHead | undefined> {
  try {
    return await readWavHead(reader)
  } catch (error) {
    if (error instanceof SeamError && error.code === 'unsupported') return undefined
    throw error
  }
}

function wavDuration({ bytes, sampleRate, channels, kind }: WavHead, size: number | undefined): number | undefined {
  const least = bytes === undefined ? size : Math.min(bytes, size ?? bytes)
  return least === undefined ? undefined : least / (SAMPLE_BYTES[kind] * channels) / sampleRate
}

async function* throughFfmpeg(
  program: string,
  path: string | undefined,
  input: AsyncIterable<Uint8Array> | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<SoundChunk> {
  const args = [
    ...['-protocol_whitelist', path === undefined ? 'pipe' : 'file', '-format_whitelist', DEMUXERS],
    // Not the bare path: ffmpeg would take one with a colon for an address, and it runs in another folder.
    ...['-i', path === undefined ? 'pipe:0' : `file:${resolve(path)}`, '-map', '0:a:0', '-vn', '-sn', '-dn'],
    ...['-ac', '1', '-ar', String(RATE), '-f', 'f32le', 'pipe:1'],
  ]
  const failed = { code: 'bad-input', message: `${path ?? 'The input'} can’t be read as sound.` } as const
  const output = new ByteReader(runFfmpeg({ program, args, ...(input && { input }), signal, failed }))
  yield* wavSound(output, { sampleRate: RATE, channels: 1, kind: 'f32', bytes: undefined })
}

async function* joined(begin: Buffer, reader: ByteReader): AsyncGenerator<Uint8Array> {
  yield begin
  yield* reader.upTo(Infinity)
}

/** A file's own errors as sentences. */
async function* readable(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path, { highWaterMark: PIECE }) as AsyncIterable<Buffer>
  } catch (error) {
    throw fileError(error, path, 'read')
  }
}
