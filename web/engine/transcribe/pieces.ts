import type { CaptionWord } from '#protocol/transcribe.ts'
import type { Recognition } from './recogniser.ts'

/** A word as a caption shows it, with the punctuation around it. */
export interface Piece {
  readonly text: string
  /** The words in it, where the recogniser tells times: mostly one. `from` and `to` refer to this piece's text. */
  readonly words: readonly CaptionWord[]
}

/** Takes a reading apart. @param at seconds from the start of the sound to the start of what was read */
export function piecesOf({ text, words }: Pick<Recognition, 'text' | 'words'>, at: number): Piece[] {
  const pieces: Piece[] = []
  let next = 0
  for (const match of text.matchAll(/\S+/g)) {
    const end = match.index + match[0].length
    const mine: CaptionWord[] = []
    for (; next < words.length && words[next]!.from < end; next++) {
      const word = words[next]!
      const from = Math.max(0, word.from - match.index)
      const to = Math.min(match[0].length, word.to - match.index)
      if (to <= from) continue
      mine.push({ ...word, text: match[0].slice(from, to), from, to, start: word.start + at, end: word.end + at })
    }
    pieces.push({ text: match[0], words: mine })
  }
  return pieces
}

/** The text and words of a caption, put together again. */
export function joinPieces(pieces: readonly Piece[]): {
  readonly text: string
  readonly words: readonly CaptionWord[]
} {
  const words: CaptionWord[] = []
  let text = ''
  for (const piece of pieces) {
    if (text) text += ' '
    for (const word of piece.words) words.push({ ...word, from: word.from + text.length, to: word.to + text.length })
    text += piece.text
  }
  return { text, words }
}

/** Seconds; undefined where the recogniser gave no times. */
export const startOf = (piece: Piece | undefined) => piece?.words[0]?.start
export const endOf = (piece: Piece | undefined) => piece?.words.at(-1)?.end

/** What two readings have to share to count as the same word. */
export const bare = ({ text }: Piece) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
