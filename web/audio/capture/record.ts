import { Intake } from '#dsp/intake.ts'
import { SeamError } from '#protocol/errors.ts'
import type { SoundChunk } from '#protocol/transcribe.ts'

/** The longest recording, seconds. */
export const MAX_RECORDING_SECONDS = 4 * 60 * 60
/** Seconds of one piece. What is complete belongs to the browser, which keeps it on disk when it is much. */
const pieceSeconds = 60

/** Sound that is kept for later: 16 bits, one channel, at the rate of the first chunk. */
export class Recording {
  readonly #pieces: Blob[] = []
  #intake: Intake | undefined
  #sampleRate: number | undefined
  #piece = new Int16Array(0)
  #filled = 0
  #frames = 0
  #paused = false

  /** Hz; undefined before the first sound. */
  get sampleRate(): number | undefined {
    return this.#sampleRate
  }

  /** Seconds that were kept. */
  get seconds(): number {
    return this.#sampleRate ? this.#frames / this.#sampleRate : 0
  }

  get paused(): boolean {
    return this.#paused
  }

  /** What comes from now on is not kept, until `resume`. */
  pause(): void {
    this.#paused = true
  }

  resume(): void {
    this.#paused = false
  }

  /** The samples so far, little-endian. With `wavHeader` before them they are a file. */
  pcm(): Blob {
    return new Blob([...this.#pieces, this.#piece.slice(0, this.#filled)])
  }

  /** @throws SeamError quota when it would get too long: nothing of the chunk is kept then */
  add({ samples, sampleRate, channels }: SoundChunk): void {
    this.#sampleRate ??= sampleRate
    this.#intake ??= new Intake(sampleRate, 1)
    // Not asked of the converted frames: those can't be taken back.
    if (this.seconds + samples.length / channels / sampleRate > MAX_RECORDING_SECONDS) {
      throw new SeamError(
        'quota',
        `A recording ends at ${MAX_RECORDING_SECONDS / 3600} hours. All of it was kept; begin a new one.`,
        { details: { hours: MAX_RECORDING_SECONDS / 3600 } },
      )
    }
    const frames = this.#intake.take(samples, sampleRate, channels)
    for (let n = 0; n < frames.frames; n++) this.#put(frames.samples[n]!)
  }

  #put(sample: number): void {
    if (this.#filled === this.#piece.length) this.#nextPiece()
    this.#piece[this.#filled++] = Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_768)))
    this.#frames += 1
  }

  #nextPiece(): void {
    if (this.#filled > 0) this.#pieces.push(new Blob([this.#piece]))
    if (this.#piece.length === 0) this.#piece = new Int16Array(pieceSeconds * this.#sampleRate!)
    this.#filled = 0
  }
}

/**
 * Keeps what it passes on, so that the same sound can be read and recorded. While the recording is paused nothing is
 * passed on either: times of captions are times of the recording.
 */
export async function* recordTo(
  recording: Recording,
  sound: AsyncIterable<SoundChunk>,
): AsyncGenerator<SoundChunk, void, undefined> {
  for await (const chunk of sound) {
    if (recording.paused) continue
    recording.add(chunk)
    yield chunk
  }
}
