import { SeamError } from '#protocol/errors.ts'
import { Resampler } from '#dsp/resampler.ts'
import type { ExportSegment } from '../types.ts'
import type { ChapterMark } from './types.ts'

/** Sound goes on in blocks of at most this many frames, so a long sentence doesn't make a long wait. */
const BLOCK = 24_000
/** The longest pause after a sentence, seconds. */
export const MAX_PAUSE = 600

/**
 * Joins segments and pauses into one stream of blocks at one sample rate. Where things stand is summed in seconds and
 * rounded to frames only at the end, so a thousand pauses drift by less than a frame.
 */
export class Programme {
  readonly #rate: number
  readonly #chapters: ChapterMark[] = []
  #seconds = 0
  #frames = 0
  #converter: Converter | undefined

  /** @param rate of the blocks, Hz */
  constructor(rate: number) {
    this.#rate = rate
  }

  get chapters(): readonly ChapterMark[] {
    return this.#chapters
  }

  /** Of everything taken, pauses too. */
  get seconds(): number {
    return this.#seconds
  }

  /** Frames given out. */
  get frames(): number {
    return this.#frames
  }

  /** Blocks must be used before the next is asked for. */
  *take(segment: ExportSegment): Generator<Float32Array<ArrayBuffer>, void, undefined> {
    const { samples, sampleRate, chapter, pauseAfter } = segment
    if (chapter !== undefined) this.#chapters.push({ title: chapter, start: this.#seconds })
    if (this.#converter?.from !== sampleRate) {
      yield* this.finish()
      this.#converter = new Converter(sampleRate, this.#rate, this.#seconds)
    }
    const converter = this.#converter
    for (let at = 0; at < samples.length; at += BLOCK)
      yield* this.#count(converter.take(samples.subarray(at, at + BLOCK)))
    this.#seconds += samples.length / sampleRate
    if (!(pauseAfter >= 0 && pauseAfter <= MAX_PAUSE)) {
      throw new SeamError('bad-input', `A pause of ${pauseAfter} seconds can't be exported; use 0 to ${MAX_PAUSE}.`)
    }
    this.#seconds += pauseAfter
    // Silence is counted where the sound is, before its rate is changed.
    const silence = new Float32Array(BLOCK)
    let missing = Math.round((this.#seconds - converter.began) * sampleRate) - converter.taken
    for (; missing > 0; missing -= BLOCK)
      yield* this.#count(converter.take(silence.subarray(0, Math.min(BLOCK, missing))))
  }

  /** What the filter still holds. */
  *finish(): Generator<Float32Array<ArrayBuffer>, void, undefined> {
    if (!this.#converter) return
    const total = Math.round(this.#seconds * this.#rate)
    yield* this.#count(this.#converter.drain(total - this.#frames))
    this.#converter = undefined
  }

  *#count(blocks: Iterable<Float32Array<ArrayBuffer>>): Generator<Float32Array<ArrayBuffer>, void, undefined> {
    for (const block of blocks) {
      this.#frames += block.length
      yield block
    }
  }
}

class Converter {
  readonly from: number
  /** Seconds of the programme when this one began. */
  readonly began: number
  /** Frames taken in. */
  taken = 0
  readonly #resampler: Resampler | undefined
  readonly #room: Float32Array<ArrayBuffer>

  constructor(from: number, to: number, began: number) {
    this.from = from
    this.began = began
    this.#resampler = from === to ? undefined : new Resampler(from, to, 1, BLOCK)
    this.#room = new Float32Array(from === to ? 0 : Math.ceil((BLOCK * to) / from) + 2)
  }

  *take(samples: Float32Array<ArrayBuffer>): Generator<Float32Array<ArrayBuffer>, void, undefined> {
    this.taken += samples.length
    if (!this.#resampler) return void (yield samples)
    const made = this.#resampler.process([samples], samples.length, [this.#room], this.#room.length)
    if (made > 0) yield this.#room.subarray(0, made)
  }

  /** Exactly `frames` more frames: those that silence pushes out of the filter. */
  *drain(frames: number): Generator<Float32Array<ArrayBuffer>, void, undefined> {
    const silence = new Float32Array(BLOCK)
    let left = frames
    while (left > 0 && this.#resampler) {
      const needed = Math.min(BLOCK, this.#resampler.needed(Math.min(left, this.#room.length)))
      const made = this.#resampler.process([silence], needed, [this.#room], Math.min(left, this.#room.length))
      left -= made
      if (made > 0) yield this.#room.subarray(0, made)
    }
  }
}
