import type { Heard } from '#dialogue/types.ts'
import type { PcmChunk, SegmentId } from '#protocol/pcm.ts'
import { toPcm16 } from '../../export/encode/pcm16.ts'
import type { SpokenSound } from '../../storage/conversations-types.ts'

/** Seconds of either side that are kept: at 16 bits that is some 100 MB for the user, 170 MB for the replies. */
export const KEPT = 3600

// Kept as 16 bits: half the memory, and no ear tells.

function fromPcm16(parts: readonly Int16Array[]): Float32Array<ArrayBuffer> {
  const joined = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) for (const sample of part) joined[at++] = sample / 32_768
  return joined
}

/** What the microphone took in, addressed by seconds from its first sample. The oldest goes when there is too much. */
export class UserSound {
  readonly #sampleRate: number
  readonly #most: number
  readonly #parts: Int16Array[] = []
  #first = 0
  #end = 0

  constructor(sampleRate: number, kept = KEPT) {
    this.#sampleRate = sampleRate
    this.#most = kept * sampleRate
  }

  append(samples: Float32Array): void {
    this.#parts.push(toPcm16(samples))
    this.#end += samples.length
    while (this.#parts.length > 1 && this.#end - this.#first > this.#most) this.#first += this.#parts.shift()!.length
  }

  /** What was said between two times, as far as it is kept. */
  slice(from: number, to: number): SpokenSound {
    const start = Math.max(this.#first, Math.floor(from * this.#sampleRate))
    const end = Math.min(this.#end, Math.ceil(to * this.#sampleRate))
    const wanted: Int16Array[] = []
    let at = this.#first
    for (const part of this.#parts) {
      if (at + part.length > start && at < end)
        wanted.push(part.subarray(Math.max(0, start - at), Math.max(0, end - at)))
      at += part.length
    }
    return { samples: fromPcm16(wanted), sampleRate: this.#sampleRate }
  }
}

interface Spoken {
  readonly sampleRate: number
  readonly parts: Int16Array[]
  frames: number
}

/** What was said to the user, by segment; what was never heard of an interrupted reply is left out. */
export class ReplySound {
  readonly #kept: number
  readonly #segments = new Map<SegmentId, Spoken>()
  readonly #current = new Set<SegmentId>()
  #seconds = 0

  constructor(kept = KEPT) {
    this.#kept = kept
  }

  /** To be called before the chunk is given away. */
  add({ segment, samples, sampleRate }: Pick<PcmChunk, 'segment' | 'samples' | 'sampleRate'>): void {
    let spoken = this.#segments.get(segment)
    if (!spoken) this.#segments.set(segment, (spoken = { sampleRate, parts: [], frames: 0 }))
    this.#current.add(segment)
    spoken.parts.push(toPcm16(samples))
    spoken.frames += samples.length
    this.#seconds += samples.length / sampleRate
    for (const [oldest, { frames, sampleRate: rate }] of this.#segments) {
      if (this.#seconds <= this.#kept || oldest === segment) break
      this.#segments.delete(oldest)
      this.#seconds -= frames / rate
    }
  }

  /** A reply begins: what `cut` takes away is its own alone. */
  begin(): void {
    this.#current.clear()
  }

  /** Nothing of the present reply was heard after `place`; nothing at all when that is undefined. */
  cut(place: Heard | undefined): void {
    const ids = [...this.#current]
    const from = place ? Math.max(0, ids.indexOf(place.segment)) : 0
    for (const id of ids.slice(from)) {
      const spoken = this.#segments.get(id)
      if (!spoken) continue
      const heard = id === place?.segment ? Math.min(spoken.frames, Math.round(place.at * spoken.sampleRate)) : 0
      this.#seconds -= (spoken.frames - heard) / spoken.sampleRate
      spoken.parts.splice(0, spoken.parts.length, ...firstOf(spoken.parts, heard))
      spoken.frames = heard
      if (heard === 0) this.#segments.delete(id)
    }
    this.#current.clear()
  }

  /** The sound of segments that follow each other; empty where none is kept. */
  of(segments: readonly SegmentId[]): SpokenSound {
    const spoken = segments.flatMap(id => this.#segments.get(id) ?? [])
    return { samples: fromPcm16(spoken.flatMap(({ parts }) => parts)), sampleRate: spoken[0]?.sampleRate ?? 24_000 }
  }
}

/** The first `frames` of what lies in parts. */
function firstOf(parts: readonly Int16Array[], frames: number): Int16Array[] {
  const kept: Int16Array[] = []
  let left = frames
  for (const part of parts) {
    if (left <= 0) break
    kept.push(part.subarray(0, left))
    left -= part.length
  }
  return kept
}
