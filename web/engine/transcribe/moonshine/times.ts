import { HEARING_RATE } from '../recogniser.ts'
import type { Stretch } from './loudness.ts'
import { SAMPLES_PER_FRAME } from './meta.ts'
import type { SpelledWord } from './words.ts'

/** Of Moonshine's encoder, seconds. */
const FRAME = SAMPLES_PER_FRAME / HEARING_RATE
/** Attention turns to a word this long before it sounds, seconds. */
const AHEAD = 0.05
/** Silence that separates words, seconds; what is shorter may be a stop inside of one. */
const PAUSE = 0.06
/** How far a boundary that attention found may lie from the silence that it means, seconds. */
const REACH = 0.08
/** No word is shorter, seconds. */
const LEAST = 0.06

/**
 * When each word sounds, by where its tokens begin. A boundary near a silence moves to it: the word before ends where the
 * silence begins, the next one begins where it ends.
 *
 * @param frames where each token begins, the end of the text included
 * @param frame seconds of a frame
 */
export function alignedTimes(
  words: readonly SpelledWord[],
  frames: readonly number[],
  { voiced, seconds }: Voiced,
  frame = FRAME,
): Stretch[] {
  const at = (token: number) => Math.min(seconds, (frames[token] ?? Infinity) * frame)
  const times = words.map(({ firstToken, endToken }) => ({ start: at(firstToken) + AHEAD, end: at(endToken) }))
  const pauses = pausesBetween(voiced, seconds)
  for (let i = 0; i <= times.length; i++) {
    const before = times[i - 1]
    const after = times[i]
    const from = before?.end ?? 0
    const to = after?.start ?? seconds
    const pause = longestNear(pauses, from, to)
    if (!pause) continue
    if (before && pause.start > before.start) before.end = pause.start
    if (after && pause.end < after.end) after.start = pause.end
  }
  return inOrder(times, seconds)
}

/**
 * When each word may sound where nothing tells it: spread over what is voiced, by the number of letters.
 */
export function spreadTimes(words: readonly SpelledWord[], { voiced, seconds }: Voiced): Stretch[] {
  const spans = voiced.length > 0 ? voiced : [{ start: 0, end: seconds }]
  const sound = spans.reduce((sum, { start, end }) => sum + end - start, 0)
  const letters = words.reduce((sum, { text }) => sum + text.length, 0)
  /** @param towards whether a place between two spans belongs to the later one */
  const place = (share: number, towards: 'end' | 'start') => {
    let left = share * sound
    for (const { start, end } of spans) {
      const length = end - start
      if (left < length || (towards === 'end' && left <= length)) return start + left
      left -= length
    }
    return spans.at(-1)!.end
  }
  let done = 0
  const times = words.map(({ text }) => {
    const start = place(done / letters, 'start')
    done += text.length
    return { start, end: place(done / letters, 'end') }
  })
  return inOrder(times, seconds)
}

interface Voiced {
  readonly voiced: readonly Stretch[]
  /** Of the whole sound. */
  readonly seconds: number
}

/** Silences, the one before the first word and the one after the last however short they are. */
function pausesBetween(voiced: readonly Stretch[], seconds: number): Stretch[] {
  const edges = [{ start: 0, end: 0 }, ...voiced, { start: seconds, end: seconds }]
  return edges
    .slice(1)
    .map((next, i) => ({ start: edges[i]!.end, end: next.start }))
    .filter(({ start, end }, i) => end - start > (i === 0 || i === edges.length - 2 ? 0 : PAUSE))
}

/** The longest pause within reach of a boundary that lies from `from` to `to`. */
function longestNear(pauses: readonly Stretch[], from: number, to: number): Stretch | undefined {
  const near = pauses.filter(({ start, end }) => end > from - REACH && start < to + REACH)
  return near.sort((a, b) => b.end - b.start - (a.end - a.start))[0]
}

/** Each begins no earlier than the one before it ends, has some length, and lies within the sound. */
function inOrder(times: readonly Stretch[], seconds: number): Stretch[] {
  const least = Math.min(LEAST, seconds / Math.max(1, times.length))
  const starts = times.map(({ start }) => Math.max(0, start))
  for (let i = 1; i < starts.length; i++) starts[i] = Math.max(starts[i]!, starts[i - 1]! + least)
  for (let i = starts.length - 1, next = seconds; i >= 0; i--) next = starts[i] = Math.min(starts[i]!, next - least)
  return times.map(({ end }, i) => {
    const start = starts[i]!
    return { start, end: Math.min(Math.max(end, start + least), starts[i + 1] ?? seconds) }
  })
}
