/** Something said so often in a row, and so long in all, is a loop of the decoder's and not of the speaker's. */
const REPEATS = 4
const REPEATED_TOKENS = 16

/**
 * How many tokens to keep when the end of `tokens` goes round in circles: all before the circle, and its first round.
 * Undefined while it does not.
 */
export function loopStart(tokens: readonly number[]): number | undefined {
  for (let period = 1; period * REPEATS <= tokens.length; period++) {
    const rounds = Math.max(REPEATS, Math.ceil(REPEATED_TOKENS / period))
    const first = tokens.length - rounds * period
    if (first >= 0 && repeats(tokens, first, period)) return first + period
  }
  return undefined
}

function repeats(tokens: readonly number[], first: number, period: number): boolean {
  for (let i = first + period; i < tokens.length; i++) if (tokens[i] !== tokens[i - period]) return false
  return true
}
