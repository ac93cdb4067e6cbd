import type { ExportMetadata } from '../types.ts'
import { concat, utf8 } from './bytes.ts'

/** The largest RIFF file: its size field counts what follows the first 8 bytes, in 32 bits. */
export const MAX_RIFF_BYTES = 0xffffffff + 8

const BYTES_PER_SAMPLE = 2

function le(size: 2 | 4 | 8, value: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size)
  const view = new DataView(bytes.buffer)
  if (size === 2) view.setUint16(0, value, true)
  else if (size === 4) view.setUint32(0, value, true)
  else view.setBigUint64(0, BigInt(value), true)
  return bytes
}

const chunk = (id: string, body: Uint8Array): Uint8Array<ArrayBuffer> =>
  concat(utf8(id), le(4, body.length), body, new Uint8Array(body.length % 2))

function infoChunk({ title, author, comment }: ExportMetadata): Uint8Array<ArrayBuffer> {
  const entry = (id: string, text?: string) =>
    text ? chunk(id, concat(utf8(text), Uint8Array.of(0))) : new Uint8Array()
  return chunk('LIST', concat(utf8('INFO'), entry('INAM', title), entry('IART', author), entry('ICMT', comment)))
}

/**
 * Everything of a 16-bit mono WAV file that stands before its samples. Its length depends on the metadata alone, so it
 * is written first with no frames and again at the end. A file that outgrows RIFF becomes RF64: the room that a `JUNK`
 * chunk keeps is then `ds64`, which holds the sizes in 64 bits (EBU Tech 3306).
 */
export function wavHeader(sampleRate: number, frames: number, metadata: ExportMetadata): Uint8Array<ArrayBuffer> {
  const dataBytes = frames * BYTES_PER_SAMPLE
  const format = chunk(
    'fmt ',
    concat(
      le(2, 1),
      le(2, 1),
      le(4, sampleRate),
      le(4, sampleRate * BYTES_PER_SAMPLE),
      le(2, BYTES_PER_SAMPLE),
      le(2, 8 * BYTES_PER_SAMPLE),
    ),
  )
  const info = infoChunk(metadata)
  const before = 12 + 36 + format.length + info.length + 8
  const riffSize = before - 8 + dataBytes
  const large = riffSize + 8 > MAX_RIFF_BYTES
  const sizes = large ? concat(le(8, riffSize), le(8, dataBytes), le(8, frames), le(4, 0)) : new Uint8Array(28)
  return concat(
    utf8(large ? 'RF64' : 'RIFF'),
    le(4, large ? 0xffffffff : riffSize),
    utf8('WAVE'),
    chunk(large ? 'ds64' : 'JUNK', sizes),
    format,
    info,
    utf8('data'),
    le(4, large ? 0xffffffff : dataBytes),
  )
}
