import { SeamError } from '#protocol/errors.ts'
import type { WhisperTokens } from './model.ts'

/** Begins a text in a language, without tokens for times: what the decoder attends to tells those better. */
export function promptFor({ begin, noTimes, languages, transcribe }: WhisperTokens, language: string): number[] {
  const spoken = languages.get(language)
  return [begin, ...(spoken === undefined ? [] : [spoken]), ...(transcribe === undefined ? [] : [transcribe]), noTimes]
}

/** Which language is likeliest after the first token, as far as the model tells languages apart. */
export function likeliestLanguage(logits: Float32Array, { languages }: WhisperTokens): string | undefined {
  let best: string | undefined
  let most = Number.NEGATIVE_INFINITY
  for (const [language, token] of languages) {
    if (logits[token]! <= most) continue
    most = logits[token]!
    best = language
  }
  return best
}

/** How likely it is, after the first token, that nobody speaks. Its token lies before the one for no times. */
export function silenceProbability(logits: Float32Array, { noTimes }: WhisperTokens): number {
  let highest = Number.NEGATIVE_INFINITY
  for (const value of logits) if (value > highest) highest = value
  let sum = 0
  for (const value of logits) sum += Math.exp(value - highest)
  return Math.exp(logits[noTimes - 1]! - highest) / sum
}

/** Leaves nothing but words, and the end of the text where one may come. */
export function suppress(
  logits: Float32Array,
  { end, suppressed, suppressedFirst }: WhisperTokens,
  isFirst: boolean,
): Float32Array {
  logits.fill(Number.NEGATIVE_INFINITY, end + 1)
  for (const token of suppressed) logits[token] = Number.NEGATIVE_INFINITY
  if (isFirst) for (const token of suppressedFirst) logits[token] = Number.NEGATIVE_INFINITY
  return logits
}

/** @throws SeamError unsupported for a language that the model does not know */
export function requireLanguage(language: string | undefined, { languages }: WhisperTokens, name: string): void {
  const known = languages.size === 0 ? language === 'en' : language !== undefined && languages.has(language)
  if (language === undefined || known) return
  throw new SeamError('unsupported', `${name} does not understand “${language}”. Choose another language.`)
}
