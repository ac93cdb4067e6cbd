import { SeamError } from '#protocol/errors.ts'
import type { PcmChunk, WordTime } from '#protocol/pcm.ts'
import { crc32 } from './hash.ts'
import type { StoredPcm } from './types.ts'

// A segment's file, little-endian: "VXP1", length of the header (uint32), header (JSON, UTF-8), samples (int16).
// Sixteen bits hold more than the voices' own noise floor and take half the room of floats.
const MAGIC = 0x31505856
const PREFIX = 8
export const MAX_HEADER_BYTES = 4 << 20

interface Header {
  readonly sampleRate: number
  readonly samples: number
  /** Of the sample bytes. */
  readonly crc32: number
  readonly words: readonly WordTime[]
}

/**
 * A segment's chunks as one run of sound; stereo is mixed down.
 * @throws SeamError bad-input when they are not one whole segment
 */
export function joinChunks(chunks: readonly PcmChunk[]): StoredPcm {
  const [first] = chunks
  if (!first) throw new SeamError('bad-input', 'A segment without sound cannot be kept: it has no chunks.')
  if (!chunks.at(-1)!.last || chunks.findIndex(chunk => chunk.last) !== chunks.length - 1) {
    throw new SeamError('bad-input', 'Only whole segments are kept: the last chunk, and only that, must be marked so.')
  }
  if (chunks.some(chunk => chunk.sampleRate !== first.sampleRate || chunk.segment !== first.segment)) {
    throw new SeamError('bad-input', 'The chunks of one segment must share its id and one sample rate.')
  }
  const length = chunks.reduce((sum, chunk) => sum + chunk.samples.length / chunk.channels, 0)
  const samples = new Float32Array(Math.floor(length))
  let at = 0
  for (const chunk of chunks) {
    if (chunk.channels === 1) {
      samples.set(chunk.samples, at)
      at += chunk.samples.length
    } else {
      for (let index = 0; index + 1 < chunk.samples.length; index += 2) {
        samples[at++] = (chunk.samples[index]! + chunk.samples[index + 1]!) / 2
      }
    }
  }
  return { samples, sampleRate: first.sampleRate, words: chunks.flatMap(chunk => chunk.words ?? []) }
}

/**
 * Encoding what `decodePcm` gave returns the same bytes.
 * @throws SeamError bad-input when the words alone take more than MAX_HEADER_BYTES
 */
export function encodePcm({ samples, sampleRate, words }: StoredPcm): Uint8Array<ArrayBuffer> {
  const pcm = new Int16Array(samples.length)
  for (let index = 0; index < samples.length; index++) {
    pcm[index] = Math.max(-32_768, Math.min(32_767, Math.round(samples[index]! * 32_768)))
  }
  const body = new Uint8Array(pcm.buffer)
  const header: Header = {
    sampleRate,
    samples: samples.length,
    crc32: crc32(body),
    words: words.map(({ text, from, to, start, end }) => ({ text, from, to, start, end })),
  }
  // Padded to an even length, so that the samples are aligned for an Int16Array.
  let json = new TextEncoder().encode(JSON.stringify(header))
  if (json.length % 2) json = new TextEncoder().encode(JSON.stringify(header) + ' ')
  if (json.length > MAX_HEADER_BYTES) {
    throw new SeamError('bad-input', 'The words of this segment take too much room to be kept; split the sentence.')
  }
  const file = new Uint8Array(PREFIX + json.length + body.length)
  const view = new DataView(file.buffer)
  view.setUint32(0, MAGIC, true)
  view.setUint32(4, json.length, true)
  file.set(json, PREFIX)
  file.set(body, PREFIX + json.length)
  return file
}

/** @returns undefined when the file is not one whole, undamaged segment */
export function decodePcm(file: Uint8Array<ArrayBuffer>): StoredPcm | undefined {
  if (file.length < PREFIX) return undefined
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const length = view.getUint32(4, true)
  if (view.getUint32(0, true) !== MAGIC || length > MAX_HEADER_BYTES || PREFIX + length > file.length) return undefined
  const header = readHeader(file.subarray(PREFIX, PREFIX + length))
  const body = file.slice(PREFIX + length)
  if (!header || body.length !== header.samples * 2 || crc32(body) !== header.crc32) return undefined
  const pcm = new Int16Array(body.buffer)
  const samples = new Float32Array(pcm.length)
  for (let index = 0; index < pcm.length; index++) samples[index] = pcm[index]! / 32_768
  return { samples, sampleRate: header.sampleRate, words: header.words }
}

function readHeader(bytes: Uint8Array<ArrayBuffer>): Header | undefined {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const { sampleRate, samples, crc32: sum, words } = value as Partial<Record<keyof Header, unknown>>
  const good =
    Number.isInteger(sampleRate) &&
    (sampleRate as number) > 0 &&
    Number.isInteger(samples) &&
    Number.isInteger(sum) &&
    Array.isArray(words) &&
    words.every(isWord)
  return good ? (value as Header) : undefined
}

function isWord(value: unknown): value is WordTime {
  if (typeof value !== 'object' || value === null) return false
  const { text, from, to, start, end } = value as Partial<Record<keyof WordTime, unknown>>
  return typeof text === 'string' && [from, to, start, end].every(number => Number.isFinite(number))
}
