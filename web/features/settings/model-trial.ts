import { SeamError } from '#protocol/errors.ts'
import type { LanguageModel } from '#protocol/language.ts'
import type { Run } from '#protocol/run.ts'

/** Words that are enough to see that it answers. */
export const TRIAL_WORDS = 12
/** Room for a model that thinks before it speaks. */
const TRIAL_TOKENS = 400

export interface TrialResult {
  /** What it said first. */
  readonly words: string
  /** Seconds until the first of it came. */
  readonly seconds: number
}

/** Has a model say a few words, and stops it then. @throws SeamError as `reply` does */
export async function tryModel(model: LanguageModel, question: string, { signal }: Run = {}): Promise<TrialResult> {
  const asked = performance.now()
  let seconds: number | undefined
  let said = ''
  const run = { maxTokens: TRIAL_TOKENS, ...(signal && { signal }) }
  for await (const piece of model.reply([{ role: 'user', text: question }], run)) {
    seconds ??= (performance.now() - asked) / 1000
    said += piece
    const words = said.trim().split(/\s+/)
    // The last one may be half a word.
    if (words.length > TRIAL_WORDS) return { words: `${words.slice(0, TRIAL_WORDS).join(' ')} …`, seconds }
  }
  if (seconds === undefined) throw new SeamError('engine', 'The model said nothing. Try again.', { retryable: true })
  return { words: said.trim(), seconds }
}
