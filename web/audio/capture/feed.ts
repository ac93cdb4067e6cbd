import { SeamError } from '#protocol/errors.ts'
import type { SoundChunk } from '#protocol/transcribe.ts'

/** Seconds of sound that wait for a reader that is busy. Beyond them it would never catch up, and memory would fill. */
export const MAX_BEHIND_SECONDS = 300

/** What is pushed comes out in order, for one reader. */
export class Feed {
  #waiting: SoundChunk[] = []
  #seconds = 0
  #over = false
  #error: SeamError | undefined
  #wake: (() => void) | undefined

  push(chunk: SoundChunk): void {
    if (this.#over) return
    const seconds = chunk.samples.length / chunk.channels / chunk.sampleRate
    if (this.#seconds + seconds > MAX_BEHIND_SECONDS) {
      this.end(
        new SeamError(
          'quota',
          `What listens is more than ${MAX_BEHIND_SECONDS / 60} minutes behind the microphone. Everything up to here was kept; start again with a quicker model.`,
        ),
      )
      return
    }
    this.#waiting.push(chunk)
    this.#seconds += seconds
    this.#wake?.()
  }

  /** What was pushed still comes out, and after it the error, if there is one. */
  end(error?: SeamError): void {
    if (this.#over) return
    this.#over = true
    this.#error = error
    this.#wake?.()
  }

  async *read(): AsyncGenerator<SoundChunk, void, undefined> {
    try {
      for (;;) {
        const ready = this.#waiting
        this.#waiting = []
        for (const chunk of ready) {
          this.#seconds -= chunk.samples.length / chunk.channels / chunk.sampleRate
          yield chunk
        }
        if (this.#waiting.length > 0) continue
        if (this.#error) throw this.#error
        if (this.#over) return
        await new Promise<void>(resolve => (this.#wake = resolve))
      }
    } finally {
      this.#over = true
      this.#waiting = []
    }
  }
}
