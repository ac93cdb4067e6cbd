import type { Decoding } from '../moonshine/decode.ts'

// Whisper writes something of any sound: “Thank you.” of noise, “you” of a hum. The two bounds are its makers'.

/** From here on nobody speaks, unless what was written is sure. */
const SILENT = 0.6
/** Speech is not written with less than this on average: natural logarithm of a probability. */
const LEAST_AVERAGE = -1

/** Whether somebody really said `text`. @param silence how likely it is that nobody speaks */
export function isCertain(
  { logProbabilities }: Pick<Decoding, 'logProbabilities'>,
  text: string,
  silence: number,
): boolean {
  if (!/[\p{L}\p{N}]/u.test(text)) return false
  const average = logProbabilities.reduce((sum, value) => sum + value, 0) / Math.max(1, logProbabilities.length)
  return average >= (silence > SILENT ? LEAST_AVERAGE / 2 : LEAST_AVERAGE)
}
