import type { Caption, SoundChunk, TranscribeRun } from '#protocol/transcribe.ts'
import type { Sound } from './hearing.ts'

interface Captioner {
  transcribe(sound: AsyncIterable<SoundChunk>, run: TranscribeRun): AsyncIterable<Caption>
}

/** Seconds of a chunk, and of silence between two recordings. */
const CHUNK = 1
const GAP = 3

/** One sound without an end, captioned while it goes on: recordings over and over, as fast as they are read. */
export class LoopedCaptions {
  /** Final captions so far. */
  captions = 0
  #allowed = 0
  #given = 0
  #failure: unknown
  #wake: () => void = () => {}
  #told: () => void = () => {}

  constructor(captioner: Captioner, recordings: readonly Sound[]) {
    void this.#read(captioner, recordings).catch((error: unknown) => {
      this.#failure = error
      this.#told()
    })
  }

  /** Lets so many seconds more be heard. Resolves when they were taken. */
  async hear(seconds: number): Promise<void> {
    this.#allowed += seconds
    this.#wake()
    while (this.#given < this.#allowed && this.#failure === undefined) {
      await new Promise<void>(resolve => (this.#told = resolve))
    }
    if (this.#failure !== undefined) throw this.#failure
  }

  async #read(captioner: Captioner, recordings: readonly Sound[]): Promise<void> {
    for await (const { final } of captioner.transcribe(this.#sound(recordings), { live: true })) {
      if (final) this.captions += 1
    }
  }

  async *#sound(recordings: readonly Sound[]): AsyncGenerator<SoundChunk, void, undefined> {
    for (;;) {
      for (const { samples, sampleRate } of recordings) {
        const size = Math.round(CHUNK * sampleRate)
        const whole = new Float32Array(samples.length + GAP * sampleRate)
        whole.set(samples)
        for (let at = 0; at < whole.length; at += size) {
          while (this.#given >= this.#allowed) await new Promise<void>(resolve => (this.#wake = resolve))
          const part = whole.slice(at, at + size)
          yield { samples: part, sampleRate, channels: 1 }
          this.#given += part.length / sampleRate
          this.#told()
        }
      }
    }
  }
}
