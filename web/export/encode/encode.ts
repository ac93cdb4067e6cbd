import { SeamError } from '#protocol/errors.ts'
import type { Run } from '#protocol/run.ts'
import type { AudioFormat, ExportReport, ExportSegment } from '../types.ts'
import { Programme } from './programme.ts'
import { rateFor } from './rates.ts'
import type { ByteSink, EncodeOptions, Encoder, EncoderSetup } from './types.ts'

/** The MIME type of each format's file. */
export const AUDIO_MIME: Readonly<Record<AudioFormat, string>> = {
  wav: 'audio/wav',
  mp3: 'audio/mpeg',
  m4a: 'audio/mp4',
  m4b: 'audio/mp4',
  opus: 'audio/ogg',
}

// Each codec is fetched when it is first asked for.
const ENCODERS: Readonly<Record<AudioFormat, () => Promise<(setup: EncoderSetup) => Promise<Encoder>>>> = {
  wav: async () => (await import('./wav.ts')).wavEncoder,
  mp3: async () => (await import('./mp3.ts')).mp3Encoder,
  m4a: async () => (await import('./m4a.ts')).m4aEncoder,
  m4b: async () => (await import('./m4a.ts')).m4aEncoder,
  opus: async () => (await import('./opus.ts')).opusEncoder,
}

/**
 * Encodes segments into a file, in a worker or wherever WebCodecs and streams are. Segments are pulled one at a time,
 * when the codec and the sink have room.
 * @throws SeamError bad-input, unsupported, cancelled, or whatever the sink throws
 */
export async function encode(
  options: EncodeOptions,
  segments: AsyncIterable<ExportSegment>,
  sink: ByteSink,
  { signal, onProgress }: Run = {},
): Promise<ExportReport> {
  let bytes = 0
  const counted: ByteSink = {
    write(position, data) {
      bytes = Math.max(bytes, position + data.length)
      return sink.write(position, data)
    },
  }
  let encoder: Encoder | undefined
  let programme: Programme | undefined
  let told = 0
  const progress = () => {
    if (!programme) return
    told = programme.seconds
    const { expected } = options
    onProgress?.({
      done: told,
      ...(expected !== undefined && { total: Math.max(expected, told) }),
      what: 'export.encoding',
    })
  }
  const check = () => {
    if (signal?.aborted) throw new SeamError('cancelled', 'The export was cancelled. The unfinished file was removed.')
  }
  try {
    check()
    for await (const segment of segments) {
      check()
      if (!programme || !encoder) {
        const sampleRate = rateFor(options.format, options.sampleRate ?? segment.sampleRate)
        const make = await ENCODERS[options.format]()
        encoder = await make({ options, sampleRate, sink: counted })
        programme = new Programme(sampleRate)
      }
      for (const block of programme.take(segment)) {
        check()
        await encoder.add(block)
      }
      // A second of sound is news enough.
      if (programme.seconds - told >= 1) progress()
    }
    check()
    if (!programme || !encoder || programme.seconds === 0) {
      throw new SeamError('bad-input', 'There is no sound to export yet. Nothing was written; render the text first.')
    }
    for (const block of programme.finish()) await encoder.add(block)
    const chapters = await encoder.finish(programme.chapters)
    progress()
    return { bytes, duration: programme.seconds, mime: AUDIO_MIME[options.format], chapters }
  } catch (error) {
    await encoder?.cancel().catch(() => {})
    throw error
  }
}
