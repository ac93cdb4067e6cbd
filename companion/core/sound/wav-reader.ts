import { SeamError } from '#protocol/errors.ts'
import type { SoundChunk } from '#protocol/transcribe.ts'
import type { ByteReader } from './byte-reader.ts'
import { decodeSamples, SAMPLE_BYTES, type SampleKind } from './samples.ts'

/** What the head of a WAV file says. */
export interface WavHead {
  readonly sampleRate: number
  readonly channels: number
  readonly kind: SampleKind
  /** Bytes of sound; undefined where the file was written as a stream, and lasts until it ends. */
  readonly bytes: number | undefined
}

/** Channels that a file may have. */
export const MOST_CHANNELS = 64
/** Hz. */
export const LOWEST_RATE = 1000
export const HIGHEST_RATE = 768_000
/** Bytes of the description; real ones have 40. */
const FORMAT_LIMIT = 1 << 16
/** Writers that can't go back leave a size of this or more, or none: they did not know. */
const UNKNOWN = 0x7fff_0000
/** Bytes that are decoded in one go. */
const BLOCK = 1 << 16

/** Whether a file begins as WAV files do. @param begin its first 12 bytes */
export function isWav(begin: Buffer): boolean {
  return ['RIFF', 'RF64', 'BW64'].includes(begin.toString('latin1', 0, 4)) && begin.toString('latin1', 8, 12) === 'WAVE'
}

/**
 * Reads up to the first sample: RIFF, and RF64 for more than 4 GB (EBU Tech 3306).
 * @param reader behind the first 12 bytes
 * @throws SeamError unsupported (a codec within), bad-input
 */
export async function readWavHead(reader: ByteReader): Promise<WavHead> {
  let format: Omit<WavHead, 'bytes'> | undefined
  let longSize: number | undefined
  for (;;) {
    const head = await reader.take(8)
    if (head.length < 8) {
      throw new SeamError('bad-input', 'The WAV file ends before its sound begins. Nothing can be read of it.')
    }
    const id = head.toString('latin1', 0, 4)
    const size = head.readUInt32LE(4)
    if (id === 'data') {
      if (!format) throw new SeamError('bad-input', 'The WAV file does not say what kind of sound it holds.')
      const bytes = size === 0xffff_ffff && longSize !== undefined ? longSize : size
      const isKnown = bytes > 0 && (bytes < UNKNOWN || longSize !== undefined)
      return { ...format, bytes: isKnown ? bytes : undefined }
    }
    if (id === 'ds64') {
      const sizes = await reader.take(Math.min(size, FORMAT_LIMIT))
      if (sizes.length >= 16) longSize = Number(sizes.readBigUInt64LE(8)) || undefined
    } else if (id === 'fmt ' && size <= FORMAT_LIMIT) format = readFormat(await reader.take(size))
    else await reader.skip(size)
    // Chunks begin at even places.
    await reader.skip(size & 1)
  }
}

function readFormat(bytes: Buffer): Omit<WavHead, 'bytes'> {
  if (bytes.length < 14) throw new SeamError('bad-input', 'The WAV file’s description is cut short.')
  // WAVE_FORMAT_EXTENSIBLE keeps the real one in the first two bytes of a GUID.
  const tag = bytes.readUInt16LE(0) === 0xfffe && bytes.length >= 26 ? bytes.readUInt16LE(24) : bytes.readUInt16LE(0)
  const channels = bytes.readUInt16LE(2)
  const sampleRate = bytes.readUInt32LE(4)
  const bits = bytes.length >= 16 ? bytes.readUInt16LE(14) : 8
  const kind = kindOf(tag, bits)
  if (!kind) {
    throw new SeamError(
      'unsupported',
      `The WAV file holds sound of a kind that is not read here (format ${tag}, ${bits} bits).`,
    )
  }
  if (channels < 1 || channels > MOST_CHANNELS || sampleRate < LOWEST_RATE || sampleRate > HIGHEST_RATE) {
    throw new SeamError(
      'bad-input',
      `The WAV file says that it has ${channels} channels at ${sampleRate} Hz, which no sound has: it is damaged.`,
    )
  }
  return { sampleRate, channels, kind }
}

function kindOf(tag: number, bits: number): SampleKind | undefined {
  const kinds: Readonly<Record<string, SampleKind>> = {
    '1/8': 'u8',
    '1/16': 's16',
    '1/24': 's24',
    '1/32': 's32',
    '3/32': 'f32',
    '3/64': 'f64',
    '6/8': 'alaw',
    '7/8': 'ulaw',
  }
  return kinds[`${tag}/${bits}`]
}

/** The sound behind the head. What is left of a frame at the end is dropped. */
export async function* wavSound(reader: ByteReader, head: WavHead): AsyncGenerator<SoundChunk> {
  const { sampleRate, channels, kind, bytes = Infinity } = head
  const frame = SAMPLE_BYTES[kind] * channels
  let rest: Uint8Array = new Uint8Array(0)
  for await (const piece of reader.upTo(bytes)) {
    for (let at = 0; at < piece.length; at += BLOCK) {
      const all = Buffer.concat([rest, piece.subarray(at, at + BLOCK)])
      const whole = all.length - (all.length % frame)
      rest = all.subarray(whole)
      if (whole > 0) yield { sampleRate, ...decodeSamples(all.subarray(0, whole), kind, channels) }
    }
  }
}
