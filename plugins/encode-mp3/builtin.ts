import { AppendOnlyStreamTarget, AudioSample, AudioSampleSource, Mp3OutputFormat, Output } from 'mediabunny'
import { registerMp3Encoder } from '@mediabunny/mp3-encoder'
import { PluginError } from '../sdk/typescript/errors.ts'
import type { Tags } from '../sdk/typescript/ffmpeg.ts'
import type { PcmType } from '../sdk/typescript/media-type.ts'
import { PcmDecoder } from '../sdk/typescript/pcm.ts'
import { isMp3Rate } from './rates.ts'

export interface Job {
  readonly pcm: PcmType
  /** kbit/s. */
  readonly bitrate: number
  readonly tags: Tags
  readonly input: AsyncIterable<Uint8Array>
  readonly write: (bytes: Uint8Array) => Promise<void>
}

/** LAME in WebAssembly. The file is written from front to back, without the header that needs its length. */
export async function encodeBuiltin({
  pcm: { rate, channels, format },
  bitrate,
  tags,
  input,
  write,
}: Job): Promise<void> {
  if (!isMp3Rate(rate) || channels > 2) {
    throw new PluginError(
      'NEEDS_FFMPEG',
      `The built-in encoder can’t make an MP3 of ${channels} channels at ${rate} Hz. Install ffmpeg, or bring the sound to 44100 Hz and two channels first.`,
    )
  }
  registerMp3Encoder()
  const output = new Output({
    format: new Mp3OutputFormat({ xingHeader: false }),
    target: new AppendOnlyStreamTarget(new WritableStream({ write: bytes => write(bytes.slice()) })),
  })
  const source = new AudioSampleSource({ codec: 'mp3', bitrate: bitrate * 1000 })
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
}
