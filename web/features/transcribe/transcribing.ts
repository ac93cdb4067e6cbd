import type { Run } from '#protocol/run.ts'
import type { Caption, SoundChunk, Transcriber } from '#protocol/transcribe.ts'

/** Seconds of a chunk. */
export const lengthOf = ({ samples, sampleRate, channels }: SoundChunk): number =>
  samples.length / channels / sampleRate

interface Work {
  readonly transcriber: Pick<Transcriber, 'transcribe'>
  /** From its beginning. */
  readonly sound: AsyncIterable<SoundChunk>
  /** Seconds at its beginning whose words are there already. */
  readonly skip: number
  readonly lang: string
  readonly live?: boolean
  readonly run: Run
  /** Sees all of the sound before the transcriber, which takes the samples away with it. */
  readonly tap?: (chunk: SoundChunk) => Promise<void>
}

/** A caption and where its times count from. */
export interface Heard {
  readonly caption: Caption
  /** Seconds. */
  readonly offset: number
}

/**
 * The captions of sound of which a part was read before.
 * @throws SeamError what the transcriber or the file throws; captions before that were given
 */
export async function* transcribe(work: Work): AsyncGenerator<Heard, void, undefined> {
  const { transcriber, sound, skip, lang, live = false, run, tap } = work
  let at = 0
  let offset = 0

  async function* rest(): AsyncGenerator<SoundChunk> {
    let begun = false
    for await (const chunk of sound) {
      run.signal?.throwIfAborted()
      const seconds = lengthOf(chunk)
      await tap?.(chunk)
      const begins = at
      at += seconds
      if (at <= skip) {
        run.onProgress?.({ done: at })
        continue
      }
      if (!begun) {
        begun = true
        const inside = Math.max(0, Math.round((skip - begins) * chunk.sampleRate))
        offset = begins + inside / chunk.sampleRate
        if (inside > 0) {
          yield { ...chunk, samples: chunk.samples.slice(inside * chunk.channels) }
          continue
        }
      }
      yield chunk
    }
  }

  const captions = transcriber.transcribe(rest(), {
    lang,
    live,
    ...(run.signal ? { signal: run.signal } : {}),
    onProgress: ({ done }) => run.onProgress?.({ done: offset + done }),
  })
  for await (const caption of captions) yield { caption, offset }
}
