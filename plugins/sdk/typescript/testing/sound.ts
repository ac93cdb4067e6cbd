import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PcmFormat } from '../media-type.ts'
import { encodePcm } from '../pcm.ts'

/** A tone of 440 Hz, on every channel. */
export function tone(seconds: number, rate: number, channels = 1, format: PcmFormat = 's16le'): Buffer {
  const samples = new Float32Array(Math.round(seconds * rate) * channels)
  for (let at = 0; at < samples.length; at++)
    samples[at] = 0.3 * Math.sin((2 * Math.PI * 440 * Math.floor(at / channels)) / rate)
  return encodePcm(samples, format)
}

export interface Probed {
  readonly codec: string
  readonly rate: number
  readonly channels: number
  /** Seconds, decoded to the end. */
  readonly seconds: number
  readonly tags: Readonly<Record<string, string>>
  readonly format: string
}

/** What ffprobe and a whole decoding say of a file. */
export function probe(file: Buffer): Probed {
  const folder = mkdtempSync(join(tmpdir(), 'voxloom-probe-'))
  const path = join(folder, 'file')
  try {
    writeFileSync(path, file)
    const json = execFileSync('ffprobe', ['-v', 'error', '-show_format', '-show_streams', '-of', 'json', path])
    const { streams, format } = JSON.parse(json.toString())
    const [{ codec_name: codec, sample_rate: rate, channels, tags }] = streams
    const decode = ['-v', 'error', '-i', path, '-f', 's16le', '-ar', '8000', '-ac', '1', '-']
    const decoded = execFileSync('ffmpeg', decode, { maxBuffer: 1 << 28 })
    const all = { ...format.tags, ...tags } as Record<string, string>
    return {
      codec,
      rate: Number(rate),
      channels,
      seconds: decoded.length / 16_000,
      tags: Object.fromEntries(Object.entries(all).map(([key, value]) => [key.toLowerCase(), value])),
      format: format.format_name,
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}
