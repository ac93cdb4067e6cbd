import type { Caption, CaptionDoubt, CaptionWord } from '#protocol/transcribe.ts'

/** One sentence of the finished programme, without its sound. */
export interface CaptionSegment {
  /** As shown. Marks that are not for reading must be blanked, not cut out: word offsets refer to this text. */
  readonly text: string
  /** Times count from the start of the segment. */
  readonly words: readonly CaptionWord[]
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
  /** Who says it. */
  readonly speaker?: string
  /** Why it should be looked at, when it was heard rather than written. */
  readonly doubt?: CaptionDoubt
}

/** Where captions are written from: in order, each read once. */
export type PlacedSource = AsyncIterable<Placed> | Iterable<Placed>

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

/** What was heard, where it was heard. Partial captions and empty ones are left out. */
export async function* heard(
  captions: AsyncIterable<Caption> | Iterable<Caption>,
): AsyncGenerator<Placed, void, undefined> {
  for await (const { text, start, end, words, final, doubt } of captions) {
    if (!final || text.trim() === '') continue
    yield {
      text,
      start,
      end,
      duration: end - start,
      pauseAfter: 0,
      words: words.map(word => ({ ...word, start: word.start - start, end: word.end - start })),
      ...(doubt && { doubt }),
    }
  }
}
