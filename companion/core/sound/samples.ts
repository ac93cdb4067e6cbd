/** How a sample stands in a file: whole numbers of so many bits, floating point, or G.711's two laws. */
export type SampleKind = 'u8' | 's16' | 's24' | 's32' | 'f32' | 'f64' | 'alaw' | 'ulaw'

export const SAMPLE_BYTES: Readonly<Record<SampleKind, number>> = {
  u8: 1,
  s16: 2,
  s24: 3,
  s32: 4,
  f32: 4,
  f64: 8,
  alaw: 1,
  ulaw: 1,
}

/** ITU-T G.711, µ-law: sign, three bits of exponent, four of mantissa, all inverted; 14 bits in all. */
function fromUlaw(byte: number): number {
  const code = ~byte & 0xff
  const magnitude = ((((code & 0x0f) << 3) + 0x84) << ((code >> 4) & 7)) - 0x84
  return (code & 0x80 ? -magnitude : magnitude) / 32_768
}

/** ITU-T G.711, A-law: the same with every second bit inverted; the lowest exponent is linear. */
function fromAlaw(byte: number): number {
  const code = byte ^ 0x55
  const exponent = (code >> 4) & 7
  const mantissa = ((code & 0x0f) << 4) + 8
  const magnitude = exponent === 0 ? mantissa : (mantissa + 0x100) << (exponent - 1)
  return (code & 0x80 ? magnitude : -magnitude) / 32_768
}

const table = (law: (byte: number) => number) => Float32Array.from({ length: 256 }, (_, byte) => law(byte))
const ULAW = table(fromUlaw)
const ALAW = table(fromAlaw)

const READERS: Readonly<Record<SampleKind, (view: DataView, at: number) => number>> = {
  u8: (view, at) => (view.getUint8(at) - 128) / 128,
  s16: (view, at) => view.getInt16(at, true) / 32_768,
  // The two high bytes and the low one: there is no reader of three.
  s24: (view, at) => (view.getInt16(at + 1, true) * 256 + view.getUint8(at)) / 8_388_608,
  s32: (view, at) => view.getInt32(at, true) / 2_147_483_648,
  f32: (view, at) => view.getFloat32(at, true),
  f64: (view, at) => view.getFloat64(at, true),
  alaw: (view, at) => ALAW[view.getUint8(at)]!,
  ulaw: (view, at) => ULAW[view.getUint8(at)]!,
}

/**
 * Frames of little-endian samples as floats, −1…1. One or two channels stay interleaved; of more, one is mixed: their
 * sum over the root of their number, so that a voice in one of six is still heard. What is no number becomes silence.
 * @param bytes whole frames
 */
export function decodeSamples(
  bytes: Uint8Array,
  kind: SampleKind,
  channels: number,
): { readonly samples: Float32Array<ArrayBuffer>; readonly channels: 1 | 2 } {
  const size = SAMPLE_BYTES[kind]
  const read = READERS[kind]
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const count = Math.floor(bytes.length / size)
  const value = (at: number) => {
    const found = read(view, at * size)
    return Number.isFinite(found) ? found : 0
  }
  if (channels <= 2) {
    const samples = new Float32Array(count)
    for (let at = 0; at < count; at++) samples[at] = value(at)
    return { samples, channels: channels === 2 ? 2 : 1 }
  }
  const samples = new Float32Array(Math.floor(count / channels))
  const scale = 1 / Math.sqrt(channels)
  for (let frame = 0; frame < samples.length; frame++) {
    let sum = 0
    for (let channel = 0; channel < channels; channel++) sum += value(frame * channels + channel)
    samples[frame] = Math.max(-1, Math.min(1, sum * scale))
  }
  return { samples, channels: 1 }
}
