import type { PcmChunk } from '#protocol/pcm.ts'

/** Sound on its way from the one who makes it to the one who reads it. One sentence, and so bounded. */
export class Spoken implements AsyncIterable<PcmChunk> {
  readonly #chunks: PcmChunk[] = []
  #over = false
  #error: Error | undefined
  #wake: () => void = () => undefined

  push(chunk: PcmChunk): void {
    this.#chunks.push(chunk)
    this.#wake()
  }

  end(): void {
    this.#over = true
    this.#wake()
  }

  /** The chunks so far are given before it is thrown. */
  fail(error: Error): void {
    if (this.#over) return
    this.#error = error
    this.end()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<PcmChunk> {
    for (;;) {
      const chunk = this.#chunks.shift()
      if (chunk) yield chunk
      else if (this.#error) throw this.#error
      else if (this.#over) return
      else await new Promise<void>(resolve => (this.#wake = resolve))
    }
  }
}
