import { canEncodeAudio, Mp3OutputFormat } from 'mediabunny'
import { registerMp3Encoder } from '@mediabunny/mp3-encoder'
import { id3Tag, tagRoom } from './id3.ts'
import { Muxed } from './muxed.ts'
import { bitrateFor } from './rates.ts'
import type { Encoder, EncoderSetup } from './types.ts'

let registered: Promise<void> | undefined
const register = () =>
  (registered ??= canEncodeAudio('mp3').then(native => {
    if (!native) registerMp3Encoder()
  }))

/** LAME at a constant bit rate; the tag stands at the start of the file, in room kept for it. */
export async function mp3Encoder({ options, sampleRate, sink }: EncoderSetup): Promise<Encoder> {
  await register()
  const { metadata, expected, bitrate } = options
  const room = tagRoom(metadata, expected)
  await sink.write(0, id3Tag(metadata, [], 0, room).tag)
  const muxed = await Muxed.start(
    new Mp3OutputFormat(),
    { codec: 'mp3', bitrate: bitrateFor('mp3', sampleRate, bitrate) },
    sampleRate,
    { write: (position, data) => sink.write(room + position, data) },
  )
  return {
    add: samples => muxed.add(samples),
    async finish(chapters) {
      await muxed.finish()
      const { tag, chapters: kept } = id3Tag(metadata, chapters, muxed.seconds, room)
      await sink.write(0, tag)
      return chapters.slice(0, kept)
    },
    cancel: () => muxed.cancel(),
  }
}
