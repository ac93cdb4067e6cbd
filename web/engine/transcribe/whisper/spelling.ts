import type { Spelling } from '../moonshine/tokenizer.ts'

/** The text of tokens, and up to where each of them wrote. A letter may be made of several. */
export function spellTokens(tokens: readonly number[], spell: (tokens: readonly number[]) => string): Spelling {
  const whole = spell(tokens)
  const text = whole.trim()
  const before = whole.length - whole.trimStart().length
  const ends = tokens.map((_, at) => {
    const written = spell(tokens.slice(0, at + 1)).replace(/\uFFFD+$/, '')
    return Math.min(text.length, Math.max(0, written.length - before))
  })
  if (ends.length > 0) ends[ends.length - 1] = text.length
  return { text, ends }
}
