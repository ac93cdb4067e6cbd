import type { CaptionDoubt } from '#protocol/transcribe.ts'
import type { Transcript, TranscriptParagraph, TranscriptWord } from '../../storage/transcripts-types.ts'
import type { Place } from '../../ui/text/places.ts'

/** A stretch of a paragraph, in UTF-16 units of its text. */
export interface Stretch {
  readonly paragraph: string
  readonly from: number
  readonly to: number
}

/** Below this, a word is marked: of ten such words, about half are wrong. */
export const DOUBTFUL = 0.5
/** Seconds that the light stays on a word after it ended, when nothing follows. */
const LINGER = 0.6

interface Spoken extends Stretch {
  readonly start: number
  readonly end: number
}

const indexes = new WeakMap<readonly TranscriptParagraph[], readonly Spoken[]>()

/** All words in the order in which they sound; found once for each version of the text. */
function spokenWords({ paragraphs }: Transcript): readonly Spoken[] {
  let index = indexes.get(paragraphs)
  if (!index) {
    index = paragraphs
      .flatMap(({ id, words }) => words.map(({ from, to, start, end }) => ({ paragraph: id, from, to, start, end })))
      .sort((a, b) => a.start - b.start)
    indexes.set(paragraphs, index)
  }
  return index
}

/** The word that sounds at `seconds`, or that sounded last. */
export function wordAt(transcript: Transcript, seconds: number): Stretch | undefined {
  const words = spokenWords(transcript)
  let low = 0
  let high = words.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (words[middle]!.start <= seconds) low = middle + 1
    else high = middle
  }
  const found = words[low - 1]
  if (!found) return undefined
  const next = words[low]
  // In a pause between two words the first stays lit; in a long silence nothing is.
  return seconds <= found.end + LINGER || (next && next.start - found.end <= 2 * LINGER) ? found : undefined
}

/** The word that the caret stands in or behind. */
export function wordOf(paragraph: TranscriptParagraph, offset: number): TranscriptWord | undefined {
  return (
    paragraph.words.find(({ from, to }) => offset >= from && offset < to) ??
    paragraph.words.findLast(({ to }) => to <= offset && offset - to <= 1)
  )
}

/** When the word at a place is said: where the sound goes on from there. */
export function secondsAt(transcript: Transcript, { paragraph, offset }: Place): number | undefined {
  const found = transcript.paragraphs.find(({ id }) => id === paragraph)
  if (!found) return undefined
  const next = found.words.find(({ to }) => to > offset) ?? found.words.at(-1)
  return next?.start ?? found.start
}

/** Where the text of `seconds` stands, for deep links. */
export function placeAtSeconds(transcript: Transcript, seconds: number): Place | undefined {
  const found = spokenWords(transcript).findLast(({ start }) => start <= seconds) ?? spokenWords(transcript)[0]
  return found && { paragraph: found.paragraph, offset: found.from }
}

/** Why a word should be looked at: its caption's reason, or that the recogniser was not sure of it. */
export function doubtOf({ confidence, doubt }: TranscriptWord): CaptionDoubt | 'unsure' | undefined {
  if (confidence !== undefined && confidence < DOUBTFUL) return doubt ?? 'unsure'
  // A cut in the middle of speech spoils the words at the cut alone, and those are unsure.
  return doubt === 'cut' ? undefined : doubt
}

/** The next doubtful word after a place, from the beginning again behind the last. */
export function nextDoubt({ paragraphs }: Transcript, after: Place | undefined): Stretch | undefined {
  const doubtful = paragraphs.flatMap(({ id, words }, index) =>
    words.filter(word => doubtOf(word)).map(({ from, to }) => ({ paragraph: id, from, to, index })),
  )
  const here = paragraphs.findIndex(({ id }) => id === after?.paragraph)
  const found = doubtful.find(({ index, from }) => index > here || (index === here && from > (after?.offset ?? -1)))
  return found ?? doubtful[0]
}
