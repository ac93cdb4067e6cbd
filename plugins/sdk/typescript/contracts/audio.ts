import { parseMediaType, pcmType } from '../media-type.ts'
import { encodePcm, PcmDecoder } from '../pcm.ts'
import { ContractError } from './errors.ts'
import type { AudioData } from './types.ts'

/** Samples of −1…1 as a method gives them: 16 bits, one channel. @param rate Hz */
export function pcm(samples: Float32Array, rate: number): AudioData {
  return { mime: `audio/pcm;rate=${rate};channels=1;format=s16le`, bytes: encodePcm(samples, 's16le') }
}

export interface Sound {
  /** One channel, −1…1. */
  readonly samples: Float32Array
  /** Hz. */
  readonly rate: number
}

/**
 * What a recogniser is given, as samples; channels are mixed. Knows `audio/pcm` and WAV of 16 bits or floats.
 * @throws ContractError STT_AUDIO_INVALID
 */
export function readSound({ mime, bytes }: AudioData): Sound {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    const isWav = /^audio\/(?:x-)?wav(?:e)?\b/i.test(mime)
    const { rate, channels, format, data } = isWav
      ? readWav(buffer)
      : { ...pcmType(parseMediaType(mime)), data: buffer }
    const decoder = new PcmDecoder(format, channels)
    const samples = decoder.push(data)
    decoder.end()
    return { samples: mixed(samples, channels), rate }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new ContractError('STT_AUDIO_INVALID', `The sound (${mime}) can’t be read. ${why}`)
  }
}

interface Wav {
  readonly rate: number
  readonly channels: number
  readonly format: 's16le' | 'f32le'
  readonly data: Buffer
}

/** Format tags of “Multiple Channel Audio Data and WAVE Files”: whole numbers, floats. */
const FORMATS: Readonly<Record<string, Wav['format']>> = { '1/16': 's16le', '3/32': 'f32le' }
const EXTENSIBLE = 0xfffe

function readWav(file: Buffer): Wav {
  if (file.length < 12 || file.toString('latin1', 0, 4) !== 'RIFF' || file.toString('latin1', 8, 12) !== 'WAVE') {
    throw new Error('It does not begin like a WAV file.')
  }
  let kind: Omit<Wav, 'data'> | undefined
  for (let at = 12; at + 8 <= file.length;) {
    const name = file.toString('latin1', at, at + 4)
    const size = file.readUInt32LE(at + 4)
    if (name === 'fmt ' && at + 24 <= file.length) kind = readFormat(file.subarray(at + 8))
    if (name === 'data') {
      if (!kind) throw new Error('Its format is missing.')
      const frame = (kind.format === 's16le' ? 2 : 4) * kind.channels
      // The size of a file that was written as a stream is not to be believed.
      const length = Math.min(size, file.length - at - 8)
      return { ...kind, data: file.subarray(at + 8, at + 8 + length - (length % frame)) }
    }
    at += 8 + size + (size % 2)
  }
  throw new Error('It has no samples.')
}

function readFormat(format: Buffer): Omit<Wav, 'data'> {
  const tag = format.readUInt16LE(0)
  // The real one stands further behind.
  const kind = tag === EXTENSIBLE && format.length >= 26 ? format.readUInt16LE(24) : tag
  const bits = format.readUInt16LE(14)
  const known = FORMATS[`${kind}/${bits}`]
  const channels = format.readUInt16LE(2)
  if (!known || channels === 0) throw new Error('WAV of 16-bit samples or 32-bit floats is needed.')
  return { rate: format.readUInt32LE(4), channels, format: known }
}

function mixed(samples: Float32Array, channels: number): Float32Array {
  if (channels === 1) return samples
  return Float32Array.from({ length: samples.length / channels }, (_, frame) => {
    let sum = 0
    for (let channel = 0; channel < channels; channel++) sum += samples[frame * channels + channel]!
    return sum / channels
  })
}
