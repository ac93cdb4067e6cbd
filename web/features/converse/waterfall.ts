import type { LatencyMarks } from '#protocol/dialogue.ts'

/** Where the time between the user's last word and the first of the answer went. */
export const WATERFALL_STEPS = ['turn', 'words', 'model', 'voice', 'path'] as const
export type WaterfallStep = (typeof WATERFALL_STEPS)[number]

export interface WaterfallBar {
  readonly step: WaterfallStep
  /** Milliseconds after the last sound of speech, or after the turn began where nobody spoke. */
  readonly from: number
  readonly to: number
}

export interface Waterfall {
  /** In the order in which they began. */
  readonly bars: readonly WaterfallBar[]
  /** Milliseconds to the first sound of the answer, as far as it came. */
  readonly total: number
  /** When the turn was taken as over, on the same clock. */
  readonly committed: number | undefined
}

/** What marks tell of a turn; undefined when nothing was answered. Steps overlap where work was begun ahead of time. */
export function waterfallOf(marks: LatencyMarks): Waterfall | undefined {
  const zero = marks.lastSpeech ?? marks.turnCommit ?? marks.transcriptFinal
  const last = marks.firstHeard ?? marks.firstSample
  if (zero === undefined || last === undefined) return undefined
  const known = [marks.softEnd, marks.turnCommit, marks.transcriptFinal]
  /** When the model can have been asked: the latest thing that was known before it said something. */
  const asked = known.reduce<number>((latest, at) => {
    return at !== undefined && at <= (marks.firstToken ?? Infinity) ? Math.max(latest, at) : latest
  }, zero)
  const intervals: readonly (readonly [WaterfallStep, number | undefined, number | undefined])[] = [
    ['turn', zero, marks.turnCommit],
    ['words', marks.turnCommit, marks.transcriptFinal],
    ['model', asked, marks.firstSentence],
    ['voice', marks.firstSentence, marks.firstSample],
    ['path', marks.firstSample, marks.firstHeard],
  ]
  const bars = intervals.flatMap(([step, from, to]): WaterfallBar[] =>
    from === undefined || to === undefined || to <= from ? [] : [{ step, from: from - zero, to: to - zero }],
  )
  return {
    bars: bars.toSorted((a, b) => a.from - b.from),
    total: last - zero,
    committed: marks.turnCommit === undefined ? undefined : marks.turnCommit - zero,
  }
}
