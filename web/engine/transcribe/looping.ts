import { bare, type Piece } from './pieces.ts'

/** The longest phrase, in words, that a recogniser is caught repeating. */
const LONGEST_PHRASE = 10

/**
 * `reading` without the copies of a phrase that it ends with. A recogniser that gets sound cut off in mid-sentence is apt
 * to say its last phrase again and again; somebody who does repeat himself is written down once the sentence is over.
 */
export function withoutLoop(reading: readonly Piece[]): readonly Piece[] {
  const words = reading.map(bare)
  for (let phrase = 1; phrase <= LONGEST_PHRASE; phrase++) {
    let same = 0
    while (same < words.length - phrase && words.at(-1 - same) === words.at(-1 - same - phrase)) same++
    if (same >= Math.max(2, phrase)) return reading.slice(0, reading.length - same)
  }
  return reading
}
