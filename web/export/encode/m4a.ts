import { SeamError } from '#protocol/errors.ts'
import { registerAacEncoder } from '@mediabunny/aac-encoder'
import { AdtsOutputFormat, canEncodeAudio, type EncodedPacket } from 'mediabunny'
import { AAC_FRAME } from './mp4/movie.ts'
import { Mp4File } from './mp4/file.ts'
import { Muxed } from './muxed.ts'
import { bitrateFor } from './rates.ts'
import type { Encoder, EncoderSetup } from './types.ts'

let registered: Promise<'browser' | 'own'> | undefined
const register = () =>
  (registered ??= canEncodeAudio('aac').then(native => {
    if (native) return 'browser'
    registerAacEncoder()
    return 'own'
  }))

/**
 * AAC-LC in MP4, by the browser's encoder or, where it has none, the WebAssembly one. The codec's frames are taken on
 * their way and written by a muxer of our own: it holds four bytes a frame and can write chapters.
 */
export async function m4aEncoder({ options, sampleRate, sink }: EncoderSetup): Promise<Encoder> {
  const from = await register()
  const book = options.format === 'm4b'
  const bitrate = bitrateFor('m4a', sampleRate, options.bitrate)
  const file = new Mp4File(sink)
  const waiting: Uint8Array[] = []
  let config: Uint8Array | undefined
  let firstAt: number | undefined
  let frames = 0
  const onEncodedPacket = (packet: EncodedPacket, meta: EncodedAudioChunkMetadata | undefined) => {
    const description = meta?.decoderConfig?.description
    if (description && !config) config = bytesOf(description)
    firstAt ??= packet.timestamp
    waiting.push(packet.data)
  }
  const muxed = await Muxed.start(new AdtsOutputFormat(), { codec: 'aac', bitrate, onEncodedPacket }, sampleRate, {
    write: () => Promise.resolve(),
  })
  await file.begin(book)
  const drain = async () => {
    for (const packet of waiting.splice(0)) await file.frame(packet)
  }
  return {
    async add(samples) {
      frames += samples.length
      await muxed.add(samples)
      await drain()
    },
    async finish(chapters) {
      await muxed.finish()
      await drain()
      if (!config) {
        throw new SeamError('engine', 'The AAC encoder gave no configuration. Nothing was kept; export as MP3 instead.')
      }
      // The WebAssembly encoder delays by one frame and says nothing of it; browsers start at their delay, below zero.
      const priming =
        firstAt !== undefined && firstAt < 0 ? Math.round(-firstAt * sampleRate) : from === 'own' ? AAC_FRAME : 0
      await file.finish({ sampleRate, bitrate, config, priming, length: frames }, chapters, options.metadata, book)
      return chapters
    },
    cancel: () => muxed.cancel(),
  }
}

function bytesOf(source: AllowSharedBufferSource): Uint8Array {
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength).slice()
    : new Uint8Array(source).slice()
}
