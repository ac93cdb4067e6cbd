import type { Json } from '#protocol/contracts.ts'
import { fromLatin1 } from '#dialogue/personas/card/bytes.ts'
import { pcmFormat, samplesAsWav, type PcmFormat } from '../pcm.ts'

type Bytes = Uint8Array<ArrayBuffer>

/** Bytes of a result: most often sound. */
export interface ResultBytes {
  readonly mime: string
  readonly bytes: Bytes
}

type Told = Readonly<Record<string, Json>>

const isObject = (value: Json): value is Told => value !== null && typeof value === 'object' && !Array.isArray(value)
const isBytes = (value: Json): value is Told & { readonly mime: string; readonly data: string } =>
  isObject(value) &&
  value['encoding'] === 'base64' &&
  typeof value['mime'] === 'string' &&
  typeof value['data'] === 'string'

/** Every run of bytes in a result, in its order. What is no base64 is left out. */
export function bytesIn(value: Json): readonly ResultBytes[] {
  if (isBytes(value)) {
    try {
      return [{ mime: value.mime, bytes: fromLatin1(atob(value.data)) }]
    } catch {
      return []
    }
  }
  if (Array.isArray(value)) return value.flatMap(item => bytesIn(item as Json))
  return isObject(value) ? Object.values(value).flatMap(bytesIn) : []
}

/** The same result with its bytes only named, so that it can be read. */
export function withoutBytes(value: Json, name: (mime: string, bytes: number) => string): Json {
  if (isBytes(value)) return name(value.mime, Math.floor((value.data.length * 3) / 4))
  if (Array.isArray(value)) return value.map(item => withoutBytes(item as Json, name))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutBytes(item, name)]))
}

/** Raw samples, and how they lie. */
export interface Samples {
  readonly format: PcmFormat
  readonly bytes: Bytes
}

/** Samples of raw sound or of a WAV file; undefined for everything else. */
export function samplesIn({ mime, bytes }: ResultBytes): Samples | undefined {
  const format = pcmFormat(mime)
  return format ? { format, bytes } : wavSamples(bytes)
}

/** Of a RIFF file with 16-bit or float samples; sizes that were not known when it was written reach to its end. */
function wavSamples(bytes: Bytes): Samples | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const word = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4))
  if (bytes.length < 12 || word(0) !== 'RIFF' || word(8) !== 'WAVE') return undefined
  let format: PcmFormat | undefined
  for (let at = 12; at + 8 <= bytes.length;) {
    const size = view.getUint32(at + 4, true)
    const from = at + 8
    if (word(at) === 'fmt ' && from + 16 <= bytes.length) {
      const kind = view.getUint16(from, true)
      const bits = view.getUint16(from + 14, true)
      const coding = kind === 1 && bits === 16 ? 's16le' : kind === 3 && bits === 32 ? 'f32le' : undefined
      if (!coding) return undefined
      format = { rate: view.getUint32(from + 4, true), channels: view.getUint16(from + 2, true), format: coding }
    } else if (word(at) === 'data') {
      return format && { format, bytes: bytes.subarray(from, Math.min(bytes.length, from + size)) }
    }
    at = from + size + (size % 2)
  }
  return undefined
}

/** Items of a stream as one: samples of one format behind each other, else the bytes as they are. */
export function joinBytes(items: readonly ResultBytes[]): ResultBytes | undefined {
  const [first, ...others] = items
  if (!first || others.length === 0) return first
  const runs = items.map(samplesIn)
  const kind = (run: Samples | undefined) => run && `${run.format.rate} ${run.format.channels} ${run.format.format}`
  const [run] = runs
  if (run && runs.every(each => kind(each) === kind(run))) {
    const { rate, channels, format } = run.format
    const mime = `audio/pcm;rate=${rate};channels=${channels};format=${format}`
    return { mime, bytes: concat(runs.map(each => each!.bytes)) }
  }
  if (others.some(({ mime }) => mime !== first.mime)) return undefined
  return { mime: first.mime, bytes: concat(items.map(({ bytes }) => bytes)) }
}

function concat(parts: readonly Bytes[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** A file of it: raw samples get a head, so that browsers play them. */
export function fileOf(result: ResultBytes): Blob {
  const format = pcmFormat(result.mime)
  return format
    ? samplesAsWav(format, new Blob([result.bytes]))
    : new Blob([result.bytes], { type: result.mime.split(';')[0] ?? '' })
}
