/** Letters of one token in the Latin, Cyrillic and like scripts; nearly the same for every model. */
const LETTERS = 4
/** Where scripts with a character for each syllable or word begin. */
const DENSE_SCRIPTS = 0x2e80
/** What the frame of one message costs: its role and its marks. */
export const MESSAGE_TOKENS = 4

/** How many tokens a text takes, near enough to share out a budget: a model's own tokenizer is not here. */
export function estimateTokens(text: string): number {
  let quarters = 0
  for (let at = 0; at < text.length; at++) quarters += text.charCodeAt(at) < DENSE_SCRIPTS ? 1 : LETTERS
  return Math.ceil(quarters / LETTERS)
}
