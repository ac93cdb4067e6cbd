import type { Decoding } from './decode.ts'

// The decoder writes something of any sound: "You" of a hum, "Thank you for watching." of music. How sure it is tells.
// Natural logarithms of probabilities; measured on recordings whole and cut anywhere, on synthesised speech, and on noise,
// tones, clicks and music.

/** Speech is not written with less than this on average, unless it drowns in noise. */
const LEAST_AVERAGE = -1
/** Where the first token was a surprise, the rest has to be surer: phrases that are no speech flow once begun. */
const SURPRISING_FIRST = -1.5
const LEAST_AVERAGE_AFTER = -0.4
/** One token, not even a full stop after it. */
const LEAST_ALONE = -0.1

/** Whether somebody really said `text`. */
export function isCertain({ logProbabilities }: Pick<Decoding, 'logProbabilities'>, text: string): boolean {
  if (!/[\p{L}\p{N}]/u.test(text)) return false
  const [first = 0] = logProbabilities
  const average = logProbabilities.reduce((sum, value) => sum + value, 0) / Math.max(1, logProbabilities.length)
  if (logProbabilities.length === 1) return first >= LEAST_ALONE
  return average >= (first < SURPRISING_FIRST ? LEAST_AVERAGE_AFTER : LEAST_AVERAGE)
}
