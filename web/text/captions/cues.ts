import { type Piece, piecesOf } from './pieces.ts'
import type { PlacedSource } from './timeline.ts'

/** What viewers read without effort: the usual broadcast limits. */
export const MAX_LINE = 42
export const MAX_LINES = 2
/** Seconds. */
export const MAX_CUE = 7

export interface Cue {
  /** Milliseconds from the start of the programme, whole. */
  readonly start: number
  readonly end: number
  readonly lines: readonly string[]
  /** Who says it. */
  readonly speaker?: string
}

const CLAUSE_END = /[,;:.!?…—–。、！？]["'”’»)\]」』]*$/

/** A gap shorter than this, seconds, is bridged: the cue stays until the next one comes. */
const BRIDGED = 0.5

/** Cues in order, none overlapping another. A cue never spans two sentences. */
export async function* cuesOf(segments: PlacedSource): AsyncGenerator<Cue, void, undefined> {
  let free = 0
  for await (const segment of segments) {
    const pieces = piecesOf(segment, MAX_LINE)
    const groups = grouped(pieces)
    for (const [index, group] of groups.entries()) {
      const first = group[0]
      const last = group.at(-1)
      if (!first || !last) continue
      const follows = groups[index + 1]?.[0]?.start ?? segment.duration
      const until = follows - last.end <= BRIDGED ? follows : last.end
      const begins = Math.round((segment.start + first.start) * 1000)
      const ends = Math.round((segment.start + Math.min(until, first.start + MAX_CUE)) * 1000)
      const start = Math.max(free, begins)
      const end = Math.min(Math.max(ends, start + 1), start + MAX_CUE * 1000)
      yield { start, end, lines: linesOf(group), ...(segment.speaker !== undefined && { speaker: segment.speaker }) }
      free = end
    }
  }
}

const joined = (pieces: readonly Piece[]): string =>
  pieces.map((piece, index) => (index > 0 && piece.spaced ? ' ' : '') + piece.text).join('')

const lengthOf = (piece: Piece, first: boolean): number => piece.text.length + (piece.spaced && !first ? 1 : 0)

/** Cuts a sentence into cues: as few as fit, cut after clauses where it can be, of similar length. */
function grouped(pieces: readonly Piece[]): Piece[][] {
  // best[i]: the cheapest way to show the pieces before i, and where its last cue begins.
  const best: { cost: number; from: number }[] = [{ cost: 0, from: 0 }]
  for (let end = 1; end <= pieces.length; end++) {
    let choice = { cost: Infinity, from: end - 1 }
    for (let from = end - 1; from >= 0; from--) {
      const fits = fitting(pieces, from, end)
      if (!fits && from < end - 1) break
      const cost = (best[from]?.cost ?? Infinity) + costOf(pieces, from, end)
      if (cost < choice.cost) choice = { cost, from }
    }
    best.push(choice)
  }
  const groups: Piece[][] = []
  for (let end = pieces.length; end > 0;) {
    const from = best[end]?.from ?? end - 1
    groups.unshift(pieces.slice(from, end))
    end = from
  }
  return groups
}

function fitting(pieces: readonly Piece[], from: number, end: number): boolean {
  const first = pieces[from]
  const last = pieces[end - 1]
  if (!first || !last || last.end - first.start > MAX_CUE) return false
  let lines = 1
  let length = 0
  for (let at = from; at < end; at++) {
    const piece = pieces[at]
    if (!piece) continue
    const added = lengthOf(piece, length === 0)
    if (length + added <= MAX_LINE) length += added
    else {
      lines++
      length = piece.text.length
    }
    if (lines > MAX_LINES) return false
  }
  return true
}

function costOf(pieces: readonly Piece[], from: number, end: number): number {
  let length = 0
  for (let at = from; at < end; at++) length += (pieces[at]?.text.length ?? 0) + 1
  const unfilled = 1 - Math.min(1, length / (MAX_LINE * MAX_LINES))
  const midClause = end < pieces.length && !CLAUSE_END.test(pieces[end - 1]?.text ?? '')
  // One more cue costs more than any cut in a bad place, so there are never more than needed.
  return 4 + unfilled * unfilled + (midClause ? 1 : 0)
}

/** One line if it fits; else the two of most similar length, after a clause if one ends near the middle. */
function linesOf(pieces: readonly Piece[]): string[] {
  const whole = joined(pieces)
  if (whole.length <= MAX_LINE) return [whole]
  let choice: { lines: string[]; cost: number } | undefined
  for (let cut = 1; cut < pieces.length; cut++) {
    const lines = [joined(pieces.slice(0, cut)), joined(pieces.slice(cut))]
    const [above = '', below = ''] = lines
    if (above.length > MAX_LINE || below.length > MAX_LINE) continue
    const cost = Math.abs(above.length - below.length) - (CLAUSE_END.test(above) ? 12 : 0)
    if (!choice || cost < choice.cost) choice = { lines, cost }
  }
  return choice?.lines ?? [whole]
}
