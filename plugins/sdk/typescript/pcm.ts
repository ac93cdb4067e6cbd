import { PluginError } from './errors.ts'
import type { PcmFormat } from './media-type.ts'

const BYTES: Readonly<Record<PcmFormat, number>> = { s16le: 2, f32le: 4 }

/** Bytes of one sample. */
export const sampleBytes = (format: PcmFormat): number => BYTES[format]

/**
 * Samples of −1…1 as bytes. Louder ones are clipped and NaN is silence. What was decoded from s16le becomes the same
 * bytes again.
 */
export function encodePcm(samples: Float32Array, format: PcmFormat): Buffer {
  const bytes = Buffer.allocUnsafe(samples.length * BYTES[format])
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (format === 'f32le') for (let at = 0; at < samples.length; at++) view.setFloat32(at * 4, samples[at]!, true)
  else {
    for (let at = 0; at < samples.length; at++) {
      view.setInt16(at * 2, Math.max(-32_768, Math.min(32_767, Math.round(samples[at]! * 32_768))) || 0, true)
    }
  }
  return bytes
}

/** Silence of so many samples, all channels counted. */
export const silence = (samples: number, format: PcmFormat): Buffer => Buffer.alloc(samples * BYTES[format])

/** Bytes in slices of any size, as whole sample frames. */
export class PcmDecoder {
  readonly #format: PcmFormat
  readonly #frameBytes: number
  #rest = Buffer.alloc(0)

  /** @param channels interleaved; a slice of samples never ends between them */
  constructor(format: PcmFormat, channels = 1) {
    this.#format = format
    this.#frameBytes = BYTES[format] * channels
  }

  /** The samples that are complete by now, −1…1, interleaved. */
  push(bytes: Uint8Array): Float32Array<ArrayBuffer> {
    const all = this.#rest.length > 0 ? Buffer.concat([this.#rest, bytes]) : bytes
    const whole = all.length - (all.length % this.#frameBytes)
    // A copy: what remains must not keep the whole slice.
    this.#rest = Buffer.from(all.subarray(whole))
    const view = new DataView(all.buffer, all.byteOffset, whole)
    const samples = new Float32Array(whole / BYTES[this.#format])
    if (this.#format === 'f32le')
      for (let at = 0; at < samples.length; at++) samples[at] = view.getFloat32(at * 4, true)
    else for (let at = 0; at < samples.length; at++) samples[at] = view.getInt16(at * 2, true) / 32_768
    return samples
  }

  /** To be called after the last slice. @throws PluginError BAD_INPUT when a sample frame was cut */
  end(): void {
    if (this.#rest.length === 0) return
    throw new PluginError(
      'BAD_INPUT',
      `The sound ends in the middle of a sample: ${this.#rest.length} bytes are left over.`,
    )
  }
}
