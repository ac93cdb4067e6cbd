import { isPlugins } from '../weights.ts'
import type { ScriptSentence } from './script.ts'

/** Letters a second at the voice's own pace: a slow reader of dense figures, and a hurried one, with room on both sides. */
const SLOWEST = 3
const FASTEST = 40
/** A figure stands for about a word. */
const DIGIT_AS_LETTERS = 5
const SLACK = 1.5

/**
 * Whether a sentence's sound is oddly short or long for its text: words were skipped, or the voice lost itself. Only
 * voices of our own are known well enough: how fast a plugin speaks, or whether it speaks at all, is its own matter.
 * @param seconds of sound
 */
export function isSuspect({ segment }: ScriptSentence, seconds: number): boolean {
  if (isPlugins(segment.voice)) return false
  const letters = segment.text.match(/\p{L}/gu)?.length ?? 0
  const digits = segment.text.match(/\p{N}/gu)?.length ?? 0
  const weight = letters + digits * DIGIT_AS_LETTERS
  if (weight === 0) return false
  const pace = seconds * segment.speed
  return (
    pace < weight / FASTEST ||
    pace > (letters + digits * DIGIT_AS_LETTERS * 2) / SLOWEST + SLACK + pausesIn(segment.text)
  )
}

const pausesIn = (text: string) =>
  [...text.matchAll(/\[pause (\d+(?:\.\d+)?)(ms|s)\]/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) / (unit === 'ms' ? 1000 : 1),
    0,
  )
