import { toSeamError, type SeamError } from '#protocol/errors.ts'
import { wavFile, type WavSink } from '../wav.ts'
import type { ReplyOutput } from './loudspeaker.ts'

/** Replies as a WAV file, one after the other. It appears when the talk is over, and only if there was a reply. */
export class ReplyRecording implements ReplyOutput {
  /** Samples that were written. */
  length = 0
  readonly #sink: WavSink
  #writing: Promise<void> = Promise.resolve()
  #failure: SeamError | undefined

  /** @throws SeamError refused, not-found, quota */
  static async open(path: string, sampleRate: number): Promise<ReplyRecording> {
    return new ReplyRecording(await wavFile(path, sampleRate))
  }

  private constructor(sink: WavSink) {
    this.#sink = sink
  }

  write(samples: Float32Array): void {
    this.length += samples.length
    this.#writing = this.#writing
      .then(() => (this.#failure ? undefined : this.#sink.write(samples)))
      .catch((error: unknown) => void (this.#failure = toSeamError(error)))
  }

  end(): void {}
  /** What was sent until then was heard, but for a third of a second. */
  drop(): void {}

  async close(): Promise<void> {
    await this.#writing
    if (this.length === 0 || this.#failure) await this.#sink.discard()
    else await this.#sink.finish()
    if (this.#failure) throw this.#failure
  }
}
