import { AudioSample, AudioSampleSource, Output, type AudioCodec, type OutputFormat, type Target } from 'mediabunny'
import { PluginError } from './errors.ts'
import type { Sound } from './ffmpeg.ts'
import { PcmDecoder } from './pcm.ts'

/** Hz that MP3 and AAC have. */
const RATES = [8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000]

export interface EncodedFile {
  /** With its article, for the sentence that says why there is none. */
  readonly name: string
  readonly codec: AudioCodec
  /** kbit/s. */
  readonly bitrate: number
  readonly format: OutputFormat
  readonly target: Target
}

/**
 * Makes a file with an encoder that runs in this process. The encoder must have been registered.
 * @throws PluginError NEEDS_FFMPEG for sound that such encoders don't know
 */
export async function encodeBuiltin(
  { pcm: { rate, channels, format: samples }, tags, input }: Sound,
  { name, codec, bitrate, format, target }: EncodedFile,
): Promise<void> {
  if (!RATES.includes(rate) || channels > 2) {
    throw new PluginError(
      'NEEDS_FFMPEG',
      `The built-in encoder can’t make ${name} of ${channels} channels at ${rate} Hz. Install ffmpeg, or bring the sound to 44100 Hz and two channels first.`,
    )
  }
  const output = new Output({ format, target })
  const source = new AudioSampleSource({ codec, bitrate: bitrate * 1000 })
  output.addAudioTrack(source)
  output.setMetadataTags({ ...(tags.title && { title: tags.title }), ...(tags.author && { artist: tags.author }) })
  await output.start()
  const decoder = new PcmDecoder(samples, channels)
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
