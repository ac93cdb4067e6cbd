import { parseType } from './media-types.ts'

/** How raw samples lie in a stream, interleaved and little-endian. */
export interface PcmFormat {
  readonly rate: number
  readonly channels: number
  readonly format: 's16le' | 'f32le'
  /**
   * They come at the pace at which somebody else makes them, and can't be held back: from a microphone or a station. The
   * plugin that takes them in says so, `live=true`, and those behind it hand that on with the type.
   */
  readonly live?: true
}

/** What `audio/pcm;rate=…;channels=…` says; undefined when it does not say enough. */
export function pcmFormat(type: string): PcmFormat | undefined {
  const { name, parameters } = parseType(type) ?? { name: '', parameters: {} }
  const [rate, channels] = [Number(parameters['rate']), Number(parameters['channels'])]
  const format = parameters['format'] === 'f32le' ? 'f32le' : 's16le'
  if (name !== 'audio/pcm' || !(rate >= 1 && rate <= 768_000) || !(channels >= 1 && channels <= 32)) return undefined
  return { rate, channels, format, ...(parameters['live'] === 'true' ? { live: true } : {}) }
}

export const frameBytes = ({ channels, format }: PcmFormat): number => channels * (format === 'f32le' ? 4 : 2)

/** Bytes of samples that a WAV file can hold: its sizes have 32 bits. */
export const MAX_WAV = 0xffffffff - 36

/** A WAV file's 44 bytes before its samples (RIFF; format 1 is PCM, 3 IEEE float). */
export function wavHead(format: PcmFormat, bytes: number): Uint8Array<ArrayBuffer> {
  const head = new DataView(new ArrayBuffer(44))
  const word = (at: number, letters: string) => {
    for (let n = 0; n < 4; n++) head.setUint8(at + n, letters.charCodeAt(n))
  }
  const frame = frameBytes(format)
  word(0, 'RIFF')
  head.setUint32(4, 36 + bytes, true)
  word(8, 'WAVE')
  word(12, 'fmt ')
  head.setUint32(16, 16, true)
  head.setUint16(20, format.format === 'f32le' ? 3 : 1, true)
  head.setUint16(22, format.channels, true)
  head.setUint32(24, format.rate, true)
  head.setUint32(28, format.rate * frame, true)
  head.setUint16(32, frame, true)
  head.setUint16(34, (frame / format.channels) * 8, true)
  word(36, 'data')
  head.setUint32(40, bytes, true)
  return new Uint8Array(head.buffer)
}

/** Raw samples as a file that browsers play. */
export const samplesAsWav = (format: PcmFormat, samples: Blob): Blob =>
  new Blob([wavHead(format, samples.size), samples], { type: 'audio/wav' })

/** Whole frames as samples, a channel an array. `bytes` beyond the last whole frame are left out. */
export function samplesOf({ channels, format }: PcmFormat, bytes: Uint8Array): Float32Array<ArrayBuffer>[] {
  const frames = Math.floor(bytes.length / frameBytes({ rate: 1, channels, format }))
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Array.from({ length: channels }, (_, channel) => {
    const samples = new Float32Array(frames)
    for (let frame = 0; frame < frames; frame++) {
      const at = frame * channels + channel
      samples[frame] = format === 'f32le' ? view.getFloat32(at * 4, true) : view.getInt16(at * 2, true) / 32768
    }
    return samples
  })
}
