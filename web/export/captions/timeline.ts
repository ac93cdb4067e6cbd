import type { WordTime } from '#protocol/pcm.ts'

/** One sentence of the finished programme, without its sound. */
export interface CaptionSegment {
  /** As shown. Marks that are not for reading must be blanked, not cut out: word offsets refer to this text. */
  readonly text: string
  readonly words: readonly WordTime[]
  /** Seconds of sound. */
  readonly duration: number
  /** Seconds of silence that follow. */
  readonly pauseAfter: number
  /** Set on the first segment of a chapter. */
  readonly chapter?: string
}

/** A segment and where it stands in the programme. */
export interface Placed extends CaptionSegment {
  /** Seconds from the start of the programme. */
  readonly start: number
  readonly end: number
}

/** Puts segments one after another: each begins where the sound and the silence before it end. */
export async function* placed(
  segments: AsyncIterable<CaptionSegment> | Iterable<CaptionSegment>,
): AsyncGenerator<Placed, void, undefined> {
  let at = 0
  for await (const segment of segments) {
    yield { ...segment, start: at, end: at + segment.duration }
    at += segment.duration + segment.pauseAfter
  }
}
