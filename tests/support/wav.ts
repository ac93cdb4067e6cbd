/** Reads PCM WAV (16-bit or float32), first channel. */
export function readWav(bytes: Uint8Array): { samples: Float32Array; sampleRate: number; channels: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const tag = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4))
  if (tag(0) !== 'RIFF' || tag(8) !== 'WAVE') throw new Error('Not a WAV file.')
  let format = { channels: 1, sampleRate: 0, bits: 16 }
  for (let at = 12; at + 8 <= bytes.length;) {
    const size = view.getUint32(at + 4, true)
    if (tag(at) === 'fmt ') {
      format = {
        channels: view.getUint16(at + 10, true),
        sampleRate: view.getUint32(at + 12, true),
        bits: view.getUint16(at + 22, true),
      }
    } else if (tag(at) === 'data') {
      const { channels, sampleRate, bits } = format
      const stride = (bits / 8) * channels
      const samples = Float32Array.from(
        { length: Math.floor(Math.min(size, bytes.length - at - 8) / stride) },
        (_, i) => {
          const place = at + 8 + i * stride
          return bits === 16 ? view.getInt16(place, true) / 32_768 : view.getFloat32(place, true)
        },
      )
      return { samples, sampleRate, channels }
    }
    at += 8 + size + (size & 1)
  }
  throw new Error('The WAV file has no data.')
}
