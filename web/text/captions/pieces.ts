import type { CaptionSegment } from './timeline.ts'

/** The smallest part of a sentence that a cue takes or leaves: a word with the punctuation that hangs on it. */
export interface Piece {
  readonly text: string
  /** Seconds from the start of the segment. */
  readonly start: number
  readonly end: number
  /** Whether a blank stands before it. */
  readonly spaced: boolean
}

const squeeze = (text: string): string => text.replace(/\s+/g, ' ').trim().replaceAll('-->', '→')

/** Cuts a segment into pieces of at most `longest` UTF-16 units, times by the words where there are any. */
export function piecesOf(segment: CaptionSegment, longest: number): Piece[] {
  const { text, duration } = segment
  const words = segment.words.length > 0 ? segment.words : guessed(text, duration)
  const pieces: Piece[] = []
  let reached = 0
  words.forEach((word, index) => {
    // From here to the next word; the first takes what stands before it, too.
    const from = index === 0 ? 0 : word.from
    const raw = text.slice(from, words[index + 1]?.from ?? text.length)
    const shown = squeeze(raw)
    if (shown === '') return
    const start = Math.min(duration, Math.max(reached, word.start))
    const end = Math.min(duration, Math.max(start, word.end))
    reached = end
    const spaced = index === 0 || /^\s/.test(raw) || /\s$/.test(text.slice(0, from))
    for (const part of cut(shown, longest)) {
      pieces.push({
        text: part.text,
        start: start + (end - start) * part.from,
        end: start + (end - start) * part.to,
        spaced: spaced && part.from === 0,
      })
    }
  })
  return pieces
}

/** Times in proportion to length, for an engine that gives none. */
function guessed(text: string, duration: number): { from: number; start: number; end: number }[] {
  const tokens = [...text.matchAll(/\S+/g)]
  const length = Math.max(1, text.length)
  return tokens.map(token => ({
    from: token.index,
    start: (duration * token.index) / length,
    end: (duration * (token.index + token[0].length)) / length,
  }))
}

/** Parts of at most `longest` units, with the share of the whole that each covers. Surrogate pairs stay together. */
function cut(text: string, longest: number): { text: string; from: number; to: number }[] {
  const parts: { text: string; from: number; to: number }[] = []
  let at = 0
  while (at < text.length) {
    let end = Math.min(text.length, at + longest)
    if (end < text.length) {
      const blank = text.lastIndexOf(' ', end)
      if (blank > at) end = blank
      else if (/[\ud800-\udbff]/.test(text[end - 1] ?? '')) end -= 1
    }
    const part = text.slice(at, end).trim()
    if (part) parts.push({ text: part, from: at / text.length, to: end / text.length })
    at = end
  }
  return parts
}
