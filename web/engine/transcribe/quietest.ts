/** A place this much quieter than speech around it counts as a pause: −20 dB. */
const PAUSE = 0.1
/** Frames to each side that a place is judged with: a stop consonant is silent, too, and much shorter than a pause. */
const REACH = 2
/** At the very end nothing is left for what follows. */
const LAST = 4

/**
 * Where a run of frames is best parted: in the longest stretch that is no speech, or else where it is quietest.
 * @param levels loudness of each frame @param speech whether each was speech
 * @returns the index of a frame, and whether it lies in a pause
 */
export function quietestPlace(
  levels: readonly number[],
  speech: readonly boolean[],
): { readonly place: number; readonly pause: boolean } {
  const end = Math.max(1, levels.length - LAST)
  const gap = longestGap(speech, end)
  if (gap) return { place: Math.floor((gap.from + gap.to - 1) / 2), pause: true }
  let place = 0
  let least = Number.POSITIVE_INFINITY
  for (let at = 0; at < end; at++) {
    const around = mean(levels, Math.max(0, at - REACH), Math.min(levels.length, at + REACH + 1))
    if (around < least) {
      least = around
      place = at
    }
  }
  const usual = [...levels].sort((a, b) => a - b)[levels.length >> 1] ?? 0
  return { place, pause: least < usual * PAUSE }
}

/** The latest of the longest stretches without speech. */
function longestGap(speech: readonly boolean[], end: number): { from: number; to: number } | undefined {
  let best: { from: number; to: number } | undefined
  for (let from = 0; from < end;) {
    let to = from
    while (to < end && !speech[to]) to++
    if (to > from && (!best || to - from >= best.to - best.from)) best = { from, to }
    from = Math.max(to, from + 1)
  }
  return best
}

function mean(values: readonly number[], from: number, to: number): number {
  let sum = 0
  for (let at = from; at < to; at++) sum += values[at]!
  return sum / (to - from)
}
