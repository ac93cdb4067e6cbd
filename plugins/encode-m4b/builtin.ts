import { open } from 'node:fs/promises'
import {
  AudioSample,
  AudioSampleSource,
  Mp4OutputFormat,
  Output,
  StreamTarget,
  type StreamTargetChunk,
} from 'mediabunny'
import { registerAacEncoder } from '@mediabunny/aac-encoder'
import { PluginError } from '../sdk/typescript/errors.ts'
import type { Tags } from '../sdk/typescript/ffmpeg.ts'
import type { PcmType } from '../sdk/typescript/media-type.ts'
import { PcmDecoder } from '../sdk/typescript/pcm.ts'

export interface Job {
  readonly pcm: PcmType
  /** kbit/s. */
  readonly bitrate: number
  readonly tags: Tags
  readonly input: AsyncIterable<Uint8Array>
  /** Of the file to make. */
  readonly path: string
}

/** Hz that AAC has. */
const RATES = [8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000]
/** Where the major brand stands in an MP4 file, behind the length and the name of its first box. */
const BRAND_AT = 8
const BRAND = Buffer.from('M4B ')

/** AAC-LC in WebAssembly, into a file: the index is written behind the sound, and nothing but the index is held. */
export async function encodeBuiltin({
  pcm: { rate, channels, format },
  bitrate,
  tags,
  input,
  path,
}: Job): Promise<void> {
  if (!RATES.includes(rate) || channels > 2) {
    throw new PluginError(
      'NEEDS_FFMPEG',
      `The built-in encoder can’t make an M4B of ${channels} channels at ${rate} Hz. Install ffmpeg, or bring the sound to 44100 Hz and two channels first.`,
    )
  }
  registerAacEncoder()
  const file = await open(path, 'w')
  try {
    const target = new WritableStream<StreamTargetChunk>({
      async write({ data, position }) {
        if (position === 0) data.set(BRAND, BRAND_AT)
        await file.write(data, 0, data.length, position)
      },
    })
    const output = new Output({
      format: new Mp4OutputFormat({ fastStart: false }),
      target: new StreamTarget(target),
    })
    const source = new AudioSampleSource({ codec: 'aac', bitrate: bitrate * 1000 })
    output.addAudioTrack(source)
    output.setMetadataTags({ ...(tags.title && { title: tags.title }), ...(tags.author && { artist: tags.author }) })
    await output.start()
    const decoder = new PcmDecoder(format, channels)
    let frames = 0
    for await (const bytes of input) {
      const data = decoder.push(bytes)
      if (data.length === 0) continue
      const sample = new AudioSample({
        data,
        format: 'f32',
        numberOfChannels: channels,
        sampleRate: rate,
        timestamp: frames / rate,
      })
      frames += data.length / channels
      await source.add(sample)
      sample.close()
    }
    decoder.end()
    await output.finalize()
  } finally {
    await file.close()
  }
}
