import type { SegmentId } from '#protocol/pcm.ts'

/** A place in the sound, as the sink tells it. */
export interface Place {
  readonly segment: SegmentId
  /** Seconds into the segment's audio, at 1× speed. */
  readonly at: number
}

interface Stretch {
  /** Undefined for silence that belongs to no segment. */
  readonly segment: SegmentId | undefined
  readonly start: number
  /** Exclusive. */
  end: number
  /** Seconds into the segment at `start`. */
  readonly at: number
}

/** Which segment each frame of the ring belongs to. Kept by the writer; what was heard is dropped. */
export class Timeline {
  readonly #sampleRate: number
  readonly #stretches: Stretch[] = []
  #written = 0

  constructor(sampleRate: number) {
    this.#sampleRate = sampleRate
  }

  /** Frames written since the start. */
  get written(): number {
    return this.#written
  }

  /** Notes `frames` frames that were written, beginning `at` seconds into `segment`. */
  add(segment: SegmentId | undefined, at: number, frames: number): void {
    if (frames < 1) return
    const last = this.#stretches.at(-1)
    const start = this.#written
    this.#written += frames
    const follows =
      last?.segment === segment &&
      last !== undefined &&
      Math.abs(last.at + (start - last.start) / this.#sampleRate - at) * this.#sampleRate < 0.5
    if (follows) last.end = this.#written
    else this.#stretches.push({ segment, start, end: this.#written, at })
  }

  /** Notes frames (silence, mostly) that follow what was written last, as a part of that segment. */
  extend(frames: number): void {
    const last = this.#stretches.at(-1)
    if (!last) return this.add(undefined, 0, frames)
    this.add(last.segment, last.at + (this.#written - last.start) / this.#sampleRate, frames)
  }

  /** Where a listener is who heard `heard` frames; undefined when none of a segment's were among them. */
  placeOf(heard: number): Place | undefined {
    while (this.#stretches.length > 1 && this.#stretches[1]!.start < heard) this.#stretches.shift()
    const stretch = this.#stretches[0]
    if (!stretch || stretch.segment === undefined || stretch.start >= heard) return undefined
    return {
      segment: stretch.segment,
      at: stretch.at + (Math.min(heard, stretch.end) - stretch.start) / this.#sampleRate,
    }
  }

  /** Forgets every place. The count of frames goes on. */
  clear(): void {
    this.#stretches.length = 0
  }
}
