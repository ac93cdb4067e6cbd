import type { SoundChunk } from '#protocol/transcribe.ts'

/** A chunk and where it lies. */
export interface KeptChunk {
  readonly chunk: SoundChunk
  /** Seconds from the start of the sound to its first and after its last sample. */
  readonly at: number
  readonly end: number
}

/**
 * Reads a sound once, for one who may have to send a part of it twice: what was read is kept until it is forgotten.
 * Positions count chunks.
 */
export class KeptChunks {
  readonly #source: AsyncIterator<SoundChunk>
  /** Seconds that are read before anybody asks: a microphone does not wait for one who is busy. */
  readonly #ahead: number
  readonly #kept: KeptChunk[] = []
  #first = 0
  #asked = -1
  #end = 0
  #over: { readonly error?: unknown } | undefined
  #wakeReading: (() => void) | undefined
  #wakeAsking: (() => void) | undefined

  constructor(sound: AsyncIterable<SoundChunk>, ahead = 0) {
    this.#source = sound[Symbol.asyncIterator]()
    this.#ahead = ahead
    void this.#read()
  }

  /** The position of the first chunk that is kept. */
  get first(): number {
    return this.#first
  }

  /** Seconds from the start of the sound to the first sample that is kept. */
  get start(): number {
    return this.#kept[0]?.at ?? this.#end
  }

  /** Set when the sound is over: with an error when it broke off. */
  get over(): { readonly error?: unknown } | undefined {
    return this.#over
  }

  /** The chunk at a position, from `first` on. One asks at a time. @returns undefined after the last one */
  async at(position: number): Promise<KeptChunk | undefined> {
    this.#asked = position
    this.#wakeReading?.()
    while (position >= this.#first + this.#kept.length && !this.#over) {
      await new Promise<void>(resolve => (this.#wakeAsking = resolve))
    }
    return this.#kept[position - this.#first]
  }

  /** What was said before `seconds` is told. */
  forget(seconds: number): void {
    while (this.#kept[0] && this.#kept[0].end <= seconds) {
      this.#kept.shift()
      this.#first += 1
    }
    const head = this.#kept[0]
    if (!head) return
    const { samples, sampleRate, channels } = head.chunk
    // A chunk may be an hour long.
    const frames = Math.floor((seconds - head.at) * sampleRate)
    if (frames <= 0) return
    const rest = samples.subarray(frames * channels)
    this.#kept[0] = { chunk: { samples: rest, sampleRate, channels }, at: head.at + frames / sampleRate, end: head.end }
  }

  /** Lets the source go. */
  close(): void {
    // Not awaited: a microphone in the middle of waiting for sound ends when that has come.
    if (!this.#over) void this.#source.return?.()?.catch(() => undefined)
    this.#finish({})
    this.#kept.length = 0
  }

  async #read(): Promise<void> {
    try {
      while (!this.#over) {
        if (this.#first + this.#kept.length > this.#asked && this.#unasked >= this.#ahead) {
          await new Promise<void>(resolve => (this.#wakeReading = resolve))
          continue
        }
        const next = await this.#source.next()
        if (next.done) return this.#finish({})
        const { samples, sampleRate, channels } = next.value
        const at = this.#end
        this.#end = at + samples.length / channels / sampleRate
        this.#kept.push({ chunk: next.value, at, end: this.#end })
        this.#wakeAsking?.()
      }
    } catch (error) {
      this.#finish({ error })
    }
  }

  /** Seconds that were read and not asked for. */
  get #unasked(): number {
    return this.#end - (this.#kept[this.#asked - this.#first]?.end ?? this.start)
  }

  #finish(over: { readonly error?: unknown }): void {
    this.#over ??= over
    this.#wakeReading?.()
    this.#wakeAsking?.()
  }
}
