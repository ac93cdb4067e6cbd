import type { WordTime } from '#protocol/pcm.ts'
import { KOKORO_SAMPLE_RATE, SAMPLES_PER_FRAME } from './meta.ts'

/** Kokoro's labels come this much later than the sound, measured over twelve clips in three voices; seconds. */
const LABEL_LAG = 0.06

/** Where a word stands in the segment's text and in the chunk's tokens (`toToken` exclusive, pads not counted). */
export interface TimedWord {
  readonly text: string
  readonly from: number
  readonly to: number
  readonly fromToken: number
  readonly toToken: number
}

/**
 * Word times from the model's own durations.
 * @param durations frames for each token, both pads included: [n + 2], 25 ms each
 * @param at seconds from the start of the segment to the chunk's first sample
 * @param lead seconds cut off the front of the chunk
 * @param length seconds of the chunk as it is kept
 */
export function wordTimes(
  words: readonly TimedWord[],
  durations: ArrayLike<number>,
  { at, lead, length }: { at: number; lead: number; length: number },
): WordTime[] {
  const seconds = SAMPLES_PER_FRAME / KOKORO_SAMPLE_RATE
  const starts = new Float64Array(durations.length + 1)
  for (let i = 0; i < durations.length; i++) starts[i + 1] = starts[i]! + durations[i]! * seconds
  // Token i follows the leading pad, so it begins where the pad and the tokens before it end.
  const place = (token: number) =>
    Math.min(Math.max(starts[Math.min(token + 1, durations.length)]! - LABEL_LAG - lead, 0), length)
  const times: WordTime[] = []
  for (const { text, from, to, fromToken, toToken } of words) {
    const start = at + place(fromToken)
    const end = at + place(toToken)
    const last = times.at(-1)
    // "$45.50" is four spoken words and one on the page.
    if (last && last.from === from && last.to === to) times[times.length - 1] = { ...last, end }
    else times.push({ text, from, to, start, end })
  }
  return times
}
