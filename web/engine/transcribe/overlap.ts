import { bare, endOf, startOf, type Piece } from './pieces.ts'

/** What it costs to take two different words for the same one, at most: less than to say that neither has an equal. */
const DIFFERENT = 0.9
/** What a piece costs that was heard before the first known one: sound that begins within a word reads as any word. */
const BEFORE = 0.3
/** What each second costs by which the place lies beside the one where the known words ended. */
const SECOND = 2

/**
 * How many pieces at the beginning of `reading` are `said` over again, when the sound of `said`, or of its end, was read
 * once more with what followed it. Found by semi-global alignment (Sellers, 1980), and by times where there are any.
 */
export function repeated(said: readonly Piece[], reading: readonly Piece[]): number {
  if (said.length === 0) return 0
  const words = reading.map(bare)
  let row = words.map((_, at) => (at + 1) * BEFORE)
  row.unshift(0)
  for (const piece of said) {
    const word = bare(piece)
    const next = [row[0]! + 1]
    for (let at = 1; at <= words.length; at++) {
      next[at] = Math.min(row[at]! + 1, next[at - 1]! + 1, row[at - 1]! + DIFFERENT * difference(word, words[at - 1]!))
    }
    row = next
  }
  const ended = endOf(said.at(-1))
  let best = 0
  let least = Number.POSITIVE_INFINITY
  for (let count = 0; count <= reading.length; count++) {
    const place = count === 0 ? startOf(reading[0]) : endOf(reading[count - 1])
    const beside = ended === undefined || place === undefined ? 0 : Math.abs(place - ended) * SECOND
    const cost = row[count]! + beside
    // Of two equal places the later one: what was said is in the sound again.
    if (cost <= least + 1e-9) {
      least = cost
      best = count
    }
  }
  return best
}

/** 0 for the same spelling, 1 for nothing in common: Levenshtein's distance over the longer length. */
function difference(a: string, b: string): number {
  if (a === b) return 0
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1))
    }
    row = next
  }
  return row[b.length]! / Math.max(1, a.length, b.length)
}
