import { MixDown } from '#dsp/mix-down.ts'
import type { SoundChunk } from '#protocol/transcribe.ts'

/** Seconds of one chunk: decoders give some hundredths at a time, which would cost more to hand on than to decode. */
const chunkSeconds = 0.5

/** Planar sound as a decoder gives it. */
export interface Decoded {
  readonly planes: readonly Float32Array[]
  readonly frames: number
  readonly sampleRate: number
}

/** Collects what a decoder gives, of any rate and number of channels, into chunks of `channels` channels. */
export class Chunker {
  readonly #channels: 1 | 2
  #mix: { readonly from: number; readonly down: MixDown } | undefined
  #sampleRate = 0
  #samples = new Float32Array(0)
  #filled = 0
  /** Frames taken at this rate, and the seconds before. */
  #frames = 0
  #before = 0

  constructor(channels: 1 | 2) {
    this.#channels = channels
  }

  /** Seconds taken so far. */
  get seconds(): number {
    return this.#frames === 0 ? this.#before : this.#before + this.#frames / this.#sampleRate
  }

  /** Takes `decoded` from frame `start` on. */
  *add({ planes, frames, sampleRate }: Decoded, start = 0): Generator<SoundChunk, void, undefined> {
    yield* this.#begin(sampleRate)
    if (this.#mix?.from !== planes.length) {
      this.#mix = { from: planes.length, down: new MixDown(planes.length, this.#channels) }
    }
    for (let at = start; at < frames;) {
      const count = Math.min(frames - at, this.#room())
      this.#mix.down.mix(planes, at, count, this.#samples, this.#filled)
      yield* this.#advance(count)
      at += count
    }
  }

  *addSilence(seconds: number, sampleRate: number): Generator<SoundChunk, void, undefined> {
    yield* this.#begin(sampleRate)
    for (let left = Math.round(seconds * sampleRate); left > 0;) {
      const count = Math.min(left, this.#room())
      this.#samples.fill(0, this.#filled * this.#channels, (this.#filled + count) * this.#channels)
      yield* this.#advance(count)
      left -= count
    }
  }

  /** What is left. */
  *finish(): Generator<SoundChunk, void, undefined> {
    if (this.#filled === 0) return
    const samples = this.#samples.slice(0, this.#filled * this.#channels)
    this.#filled = 0
    yield { samples, sampleRate: this.#sampleRate, channels: this.#channels }
  }

  #room(): number {
    return this.#samples.length / this.#channels - this.#filled
  }

  *#begin(sampleRate: number): Generator<SoundChunk, void, undefined> {
    if (sampleRate === this.#sampleRate) return
    yield* this.finish()
    this.#before = this.seconds
    this.#frames = 0
    this.#sampleRate = sampleRate
    this.#samples = new Float32Array(Math.ceil(sampleRate * chunkSeconds) * this.#channels)
  }

  *#advance(frames: number): Generator<SoundChunk, void, undefined> {
    this.#filled += frames
    this.#frames += frames
    if (this.#room() > 0) return
    const samples = this.#samples
    this.#samples = new Float32Array(samples.length)
    this.#filled = 0
    yield { samples, sampleRate: this.#sampleRate, channels: this.#channels }
  }
}
