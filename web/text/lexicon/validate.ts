import type { LexiconEntry } from '#protocol/speech.ts'

/** The longest word, respelling or pronunciation, UTF-16 units. */
export const MAX_LEXICON_TEXT = 200
/** The most entries of one lexicon. */
export const MAX_LEXICON_ENTRIES = 20_000

/** Why a row was left out. */
export interface LexiconProblem {
  /** Counts from 1, header rows included. */
  readonly row: number
  readonly message: string
}

export interface ImportedLexicon {
  readonly entries: LexiconEntry[]
  readonly problems: LexiconProblem[]
}

/** What is wrong with an entry, as a sentence; undefined when it is good. */
export function entryProblem(entry: {
  word?: unknown
  as?: unknown
  ipa?: unknown
  exactCase?: unknown
}): string | undefined {
  const { word, as, ipa, exactCase } = entry
  if (typeof word !== 'string' || word.trim() === '')
    return 'The word is missing: name the word to be said another way.'
  for (const [name, value] of Object.entries({ word, respelling: as, pronunciation: ipa })) {
    if (value === undefined) continue
    if (typeof value !== 'string') return `The ${name} of “${word.slice(0, 40)}” is not text.`
    if (value.length > MAX_LEXICON_TEXT)
      return `The ${name} of “${word.slice(0, 40)}” is longer than ${MAX_LEXICON_TEXT} characters: shorten it.`
    if (/[\0-\x08\x0a-\x1f\x7f]/.test(value))
      return `The ${name} of “${word.slice(0, 40)}” holds control characters: type it again.`
  }
  if (!(typeof as === 'string' && as.trim()) && !(typeof ipa === 'string' && ipa.trim()))
    return `“${word.slice(0, 40)}” has neither a respelling nor a pronunciation: give one of the two.`
  if (exactCase !== undefined && typeof exactCase !== 'boolean')
    return `The case rule of “${word.slice(0, 40)}” is neither true nor false.`
  return undefined
}

/** Entries without their problems: trimmed, checked, the later of two equal words kept. */
export function collect(rows: Iterable<{ row: number; entry: Record<string, unknown> }>): ImportedLexicon {
  const entries = new Map<string, LexiconEntry>()
  const problems: LexiconProblem[] = []
  for (const { row, entry } of rows) {
    const problem = entryProblem(entry)
    if (problem) {
      problems.push({ row, message: problem })
      continue
    }
    const word = String(entry.word).trim()
    const exactCase = entry.exactCase === true
    const key = exactCase ? `=${word}` : `~${word.toLowerCase()}`
    if (!entries.has(key) && entries.size >= MAX_LEXICON_ENTRIES) {
      problems.push({ row, message: `A lexicon holds at most ${MAX_LEXICON_ENTRIES} entries: this one was left out.` })
      continue
    }
    if (entries.has(key))
      problems.push({ row, message: `“${word.slice(0, 40)}” stands twice: the later entry was kept.` })
    const as = typeof entry.as === 'string' ? entry.as.trim() : ''
    const ipa = typeof entry.ipa === 'string' ? entry.ipa.trim() : ''
    entries.set(key, { word, ...(as && { as }), ...(ipa && { ipa }), ...(exactCase && { exactCase }) })
  }
  return { entries: [...entries.values()], problems }
}
