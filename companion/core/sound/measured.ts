import type { SoundChunk } from '#protocol/transcribe.ts'

/** Sound that counts how long it was, as it is read. */
export class MeasuredSound implements AsyncIterable<SoundChunk> {
  seconds = 0
  readonly #chunks: AsyncIterable<SoundChunk>

  constructor(chunks: AsyncIterable<SoundChunk>) {
    this.#chunks = chunks
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<SoundChunk> {
    for await (const chunk of this.#chunks) {
      this.seconds += chunk.samples.length / chunk.channels / chunk.sampleRate
      yield chunk
    }
  }
}
