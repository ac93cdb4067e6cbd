import type { Segment } from '#protocol/speech.ts'
import { loadSegmenter, WHOLE_QUOTE, type Segmenter } from '#text/segment/segmenter.ts'
import { PAUSE, spokenSegments, type Manner } from '../sentences.ts'

/** A sentence is known to end where it seems to once so much more is there: what the segmenter looks ahead at most. */
const AHEAD = WHOLE_QUOTE + 48
/** Text without a sentence's end is cut at a word from here on, so that memory stays bounded whatever comes. */
const MOST_OPEN = 4000

/** Sentences to speak of a text that is still being written, each as soon as its end is certain. */
export async function* streamedSegments(text: AsyncIterable<string>, manner: Manner): AsyncGenerator<Segment> {
  const segmenter = await loadSegmenter()
  let open = ''
  for await (const piece of text) {
    for (let at = 0; at < piece.length; at += MOST_OPEN) {
      open += piece.slice(at, at + MOST_OPEN)
      const end = certainEnd(open, segmenter, manner.lang)
      if (end === 0) continue
      for (const segment of await spokenSegments(open.slice(0, end), manner)) {
        yield { ...segment, pauseAfter: segment.pauseAfter || PAUSE.sentence }
      }
      open = open.slice(end)
    }
  }
  yield* await spokenSegments(open, manner)
}

/** Where the text may be cut whatever comes behind it; 0 for nowhere yet. */
function certainEnd(text: string, segmenter: Segmenter, lang: string): number {
  const gap = /^[\s\S]*\n[^\S\n]*\n/.exec(text)?.[0].length ?? 0
  if (gap > 0 && text.slice(0, gap).trim() !== '') return gap
  let end = 0
  for (const { to } of segmenter.sentences(text, lang)) {
    if (to + AHEAD > text.length) break
    end = to
  }
  if (end > 0 || text.length <= MOST_OPEN) return end
  const word = text.lastIndexOf(' ', MOST_OPEN)
  return word > 0 ? word : MOST_OPEN
}
