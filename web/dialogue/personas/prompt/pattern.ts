import { RE2JS } from 're2js'

/**
 * Work that looking for keys may take in one prompt, counted as instructions of a pattern times characters of text. What
 * goes over it is not looked for: a stranger's lorebook never holds up a reply.
 */
export const MAX_SEARCH_STEPS = 10_000_000
/** Instructions of one pattern; a larger one counts as not valid. */
export const MAX_PATTERN_SIZE = 2_000
/** What making a pattern costs for each of its characters, in steps. */
const COMPILE_STEPS = 200

export interface SearchBudget {
  left: number
}

export const searchBudget = (steps: number = MAX_SEARCH_STEPS): SearchBudget => ({ left: steps })

/** A regular expression that takes time in proportion to the text, whatever it is (RE2: no look-around, no references). */
export type Pattern = (text: string, budget: SearchBudget) => boolean

const PLAIN = /^[\p{L}\p{N}\s'_,;:!"%&=<>~@#-]*$/u
const WRITTEN_WITH_FLAGS = /^\/(.+)\/([a-z]*)$/s
const FLAGS: Readonly<Record<string, number>> = {
  i: RE2JS.CASE_INSENSITIVE,
  m: RE2JS.MULTILINE,
  s: RE2JS.DOTALL,
}

/** @param source a pattern, or one written `/like this/i` @returns undefined when it is not valid, and matches nothing */
export function compilePattern(source: string, exactCase: boolean): Pattern | undefined {
  const [, inner, letters] = WRITTEN_WITH_FLAGS.exec(source) ?? []
  const pattern = inner ?? source
  const flags = letters === undefined ? (exactCase ? '' : 'i') : letters
  if (PLAIN.test(pattern)) return plainPattern(pattern, flags.includes('i'))
  try {
    const bits = [...flags].reduce((sum, flag) => sum | (FLAGS[flag] ?? 0), 0)
    const compiled = RE2JS.compile(RE2JS.translateRegExp(pattern), bits)
    const size = compiled.programSize()
    if (size > MAX_PATTERN_SIZE) return undefined
    return (text, budget) => spend(budget, size * text.length) && compiled.test(text)
  } catch {
    return undefined
  }
}

/** Most keys of lorebooks that claim to be patterns are plain words. */
function plainPattern(word: string, anyCase: boolean): Pattern {
  const wanted = anyCase ? word.toLowerCase() : word
  return text => (anyCase ? text.toLowerCase() : text).includes(wanted)
}

export const compileCost = (source: string): number => source.length * COMPILE_STEPS

/** @returns false when that much is not left */
export function spend(budget: SearchBudget, steps: number): boolean {
  if (budget.left < steps) return false
  budget.left -= steps
  return true
}
