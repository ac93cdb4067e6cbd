import type { LoreEntry } from '#protocol/personas.ts'
import { compileCost, compilePattern, spend, type Pattern, type SearchBudget } from './pattern.ts'

/** Text that keys are looked for in, made ready once. */
export interface Scanned {
  readonly exact: string
  readonly folded: string
}

/** Speech recognition and keyboards differ in apostrophes, accents and spaces: they do not keep a key from being found. */
export function scanned(text: string): Scanned {
  const exact = tidy(text)
  return { exact, folded: exact.toLowerCase() }
}

const tidy = (text: string) => text.normalize('NFC').replace(/[’ʼ]/g, "'").replace(/\s+/g, ' ')

/** Scripts that put spaces between words: there, a key stands at the beginning of one. */
const SPACED = /^[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Arabic}\p{Script=Hebrew}\p{N}]/u
const IN_WORD = /[\p{L}\p{N}]/u

type Finder = (text: Scanned, budget: SearchBudget) => boolean

/** Entries are never changed in place: each key is made ready once. */
const finders = new WeakMap<LoreEntry, Map<string, Finder>>()

/** Whether one of `keys` is in the text; they are read as the entry says. */
export function findsAny(entry: LoreEntry, keys: readonly string[], text: Scanned, budget: SearchBudget): boolean {
  return keys.some(key => finderOf(entry, key, budget)?.(text, budget) ?? false)
}

/** @returns undefined when making it ready would take more than is left */
function finderOf(entry: LoreEntry, key: string, budget: SearchBudget): Finder | undefined {
  const known = finders.get(entry)?.get(key)
  if (known) return known
  if (entry.regex && !spend(budget, compileCost(key))) return undefined
  const finder = entry.regex ? byPattern(compilePattern(key, entry.exactCase)) : byWord(key, entry.exactCase)
  const mine = finders.get(entry) ?? new Map<string, Finder>()
  finders.set(entry, mine.set(key, finder))
  return finder
}

function byPattern(pattern: Pattern | undefined): Finder {
  return (text, budget) => pattern?.(text.exact, budget) ?? false
}

/** “art” is in “artist” and not in “start”; where words are not divided, anywhere. */
function byWord(key: string, exactCase: boolean): Finder {
  const wanted = exactCase ? tidy(key) : tidy(key).toLowerCase()
  if (wanted === '') return () => false
  const anywhere = !SPACED.test(wanted)
  return ({ exact, folded }) => {
    const text = exactCase ? exact : folded
    for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
      if (anywhere || at === 0 || !IN_WORD.test(text[at - 1]!)) return true
    }
    return false
  }
}
