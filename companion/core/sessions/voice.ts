import { kokoroInfo } from '#engine/speech/kokoro/meta.ts'
import { KOKORO_VOICES } from '#engine/speech/kokoro/voices.ts'
import type { PcmChunk } from '#protocol/pcm.ts'
import type { Run } from '#protocol/run.ts'
import type { Segment, SpeechEngine } from '#protocol/speech.ts'
import { inOrder } from '../speakers/in-order.ts'
import type { SpeakerPool } from '../speakers/pool.ts'

/** The companion's own voice as a dialogue speaks with it: the next sentence is begun while one is given. */
export class PoolSpeech implements SpeechEngine {
  readonly info = kokoroInfo
  readonly #speakers: SpeakerPool

  constructor(speakers: SpeakerPool) {
    this.#speakers = speakers
  }

  supports(): boolean {
    return true
  }

  async load(): Promise<void> {
    this.#speakers.warm()
  }

  async voices(): Promise<typeof KOKORO_VOICES> {
    return KOKORO_VOICES
  }

  async *speak(segments: AsyncIterable<Segment>, { signal }: Run = {}): AsyncGenerator<PcmChunk> {
    const left = new AbortController()
    const ended = signal ? AbortSignal.any([signal, left.signal]) : left.signal
    const ahead = this.#speakers.options.speakers + 1
    try {
      for await (const sound of inOrder(segments, ahead, segment => this.#speakers.speak(segment, ended))) yield* sound
    } finally {
      left.abort()
    }
  }

  /** The pool is everybody's: whoever made it ends it. */
  async close(): Promise<void> {}
}
