import { SeamError } from '#protocol/errors.ts'
import { canEncodeAudio, OggOutputFormat } from 'mediabunny'
import { Muxed } from './muxed.ts'
import { bitrateFor } from './rates.ts'
import type { Encoder, EncoderSetup } from './types.ts'

/** Opus in Ogg (RFC 7845), by the browser's own encoder. @throws SeamError unsupported where it has none */
export async function opusEncoder({ options, sampleRate, sink }: EncoderSetup): Promise<Encoder> {
  const bitrate = bitrateFor('opus', sampleRate, options.bitrate)
  if (!(await canEncodeAudio('opus', { numberOfChannels: 1, sampleRate, bitrate }))) {
    throw new SeamError(
      'unsupported',
      'This browser has no Opus encoder. Nothing was written; export as MP3 or M4A, or use another browser.',
    )
  }
  const { title, author, comment, cover } = options.metadata
  const muxed = await Muxed.start(new OggOutputFormat(), { codec: 'opus', bitrate }, sampleRate, sink, {
    title,
    ...(author && { artist: author }),
    ...(comment && { comment }),
    ...(cover && { images: [{ data: cover.bytes, mimeType: cover.mime, kind: 'coverFront' as const }] }),
  })
  return {
    add: samples => muxed.add(samples),
    async finish() {
      await muxed.finish()
      // Chapter times would have to stand in the header, before they are known.
      return []
    },
    cancel: () => muxed.cancel(),
  }
}
