import type { SoundChunk } from '#protocol/transcribe.ts'

/**
 * Sound on its way from a client to the listener. What waits is given in one go: a listener that is behind catches up in a
 * few large steps, and one that is not gets each piece as it comes.
 */
export class SoundQueue implements AsyncIterable<SoundChunk> {
  readonly #sampleRate: number
  #pieces: Float32Array<ArrayBuffer>[] = []
  #over = false
  #wake: (() => void) | undefined

  constructor(sampleRate: number) {
    this.#sampleRate = sampleRate
  }

  push(samples: Float32Array<ArrayBuffer>): void {
    if (this.#over || samples.length === 0) return
    this.#pieces.push(samples)
    this.#wake?.()
  }

  end(): void {
    this.#over = true
    this.#wake?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<SoundChunk, void, undefined> {
    for (;;) {
      if (this.#pieces.length > 0) yield { samples: this.#joined(), sampleRate: this.#sampleRate, channels: 1 }
      else if (this.#over) return
      else await new Promise<void>(resolve => (this.#wake = resolve))
    }
  }

  #joined(): Float32Array<ArrayBuffer> {
    const pieces = this.#pieces
    this.#pieces = []
    if (pieces.length === 1) return pieces[0]!
    const joined = new Float32Array(pieces.reduce((sum, { length }) => sum + length, 0))
    let at = 0
    for (const piece of pieces) {
      joined.set(piece, at)
      at += piece.length
    }
    return joined
  }
}
