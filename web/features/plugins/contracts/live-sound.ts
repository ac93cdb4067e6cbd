import type { Json } from '#protocol/contracts.ts'
import { openPcmPlayer, playPcm } from '../play-pcm.ts'
import { bytesIn, samplesIn, type Samples } from './result-bytes.ts'

/** Sound of a stream, heard while it is made. */
export interface LiveSound {
  /** Takes an item; what is no raw sound is passed over. */
  hear(item: Json): void
  /** Nothing comes any more: what came is heard to its end. */
  end(): void
  stop(): void
  /** When all of it was heard. @throws SeamError of the player */
  readonly done: Promise<void>
}

const isSame = (one: Samples['format'], other: Samples['format']) =>
  one.rate === other.rate && one.channels === other.channels && one.format === other.format

export function openLiveSound(): LiveSound {
  const abort = new AbortController()
  const ended = Promise.withResolvers<void>()
  let format: Samples['format'] | undefined
  let queue: ReadableStreamDefaultController<Samples['bytes']> | undefined

  async function play(pcm: Samples['format'], body: ReadableStream<Samples['bytes']>): Promise<void> {
    const player = await openPcmPlayer(pcm)
    try {
      await player.play()
      await playPcm(player, pcm, body, abort.signal)
    } finally {
      await player.close()
    }
  }

  return {
    hear(item) {
      for (const samples of bytesIn(item).flatMap(bytes => samplesIn(bytes) ?? [])) {
        if (!format) {
          format = samples.format
          const body = new ReadableStream<Samples['bytes']>({ start: controller => void (queue = controller) })
          ended.resolve(play(format, body))
        }
        if (isSame(format, samples.format) && !abort.signal.aborted) queue?.enqueue(samples.bytes)
      }
    },
    end() {
      if (!abort.signal.aborted) queue?.close()
      if (!format) ended.resolve()
    },
    stop() {
      abort.abort()
      ended.resolve()
    },
    done: ended.promise,
  }
}
