import { findWords } from './words.ts'

/** Share of the words that must have been spoken by the reply for them to be its echo. */
export const ECHO_SHARE = 0.5
/** Words at the end that the reply did not say: somebody speaks over it. */
export const OWN_WORDS = 3
/** Words of the latest that are looked at. */
export const ECHO_WORDS = 60

/** `unknown`: too little was heard to tell. */
export type EchoVerdict = 'echo' | 'speech' | 'unknown'

/** Whether two words are the same, or the recogniser may have taken one for the other. */
function alike(a: string, b: string): boolean {
  if (a === b) return true
  if (Math.min(a.length, b.length) < 4 || Math.abs(a.length - b.length) > 1) return false
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start++
  let end = 0
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end++
  return Math.max(a.length, b.length) - start - end <= 1
}

/** Which words stand beside the same neighbour in both: single words are in every text. */
function matches(heard: readonly string[], spoken: readonly string[]): boolean[] {
  const found = heard.map(() => false)
  for (let i = 0; i + 1 < heard.length; i++) {
    for (let j = 0; j + 1 < spoken.length; j++) {
      if (!alike(heard[i]!, spoken[j]!) || !alike(heard[i + 1]!, spoken[j + 1]!)) continue
      found[i] = true
      found[i + 1] = true
      break
    }
  }
  return found
}

/**
 * Whether what the microphone heard is what the loudspeaker said.
 * @param spoken words of the reply around the place that is sounding @param final no more words will come
 */
export function echoVerdict(text: string, spoken: readonly string[], final: boolean): EchoVerdict {
  const heard = findWords(text)
    .slice(-ECHO_WORDS)
    .map(({ word }) => word)
  if (heard.length === 0) return 'unknown'
  if (heard.length === 1) {
    if (!final) return 'unknown'
    return spoken.some(word => alike(word, heard[0]!)) ? 'echo' : 'speech'
  }
  const found = matches(heard, spoken)
  const own = heard.length - 1 - found.lastIndexOf(true)
  if (own >= OWN_WORDS) return 'speech'
  return found.filter(Boolean).length / heard.length >= ECHO_SHARE ? 'echo' : 'speech'
}

/** What is left of `text` after the part that was the reply's echo. */
export function afterEcho(text: string, spoken: readonly string[]): string {
  const heard = findWords(text)
  const last = matches(
    heard.map(({ word }) => word),
    spoken,
  ).lastIndexOf(true)
  const next = heard[last + 1]
  if (last < 0) return text
  return next ? text.slice(next.from) : ''
}
