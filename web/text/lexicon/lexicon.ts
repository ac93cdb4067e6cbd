import type { Lang, LexiconEntry } from '#protocol/speech.ts'

// Scripts written without spaces: a word may begin anywhere.
const UNSPACED = /^(?:ja|zh|yue|th|lo|km|my|bo)\b/
const TOKEN = /[\p{L}\p{M}\p{N}]+/gu
const FIRST_TOKEN = /[\p{L}\p{M}\p{N}]+/u
const WORD_CHARACTER = /[\p{L}\p{M}\p{N}]/u

interface Word {
  readonly index: number
  /** As typed, in the form compared with `exactCase`. */
  readonly exact: string
  readonly folded: string
  readonly exactCase: boolean
  /** How far the first run of letters stands from the word's beginning: 1 for ".NET". */
  readonly lead: number
  readonly joinsLeft: boolean
  readonly joinsRight: boolean
}

interface Matcher {
  /** By the first run of letters, folded. */
  readonly byToken: ReadonlyMap<string, readonly Word[]>
  /** Words that have no letters, or that no space sets apart: looked for anywhere. */
  readonly anywhere: readonly Word[]
}

/** One form for what looks alike: composed accents, one apostrophe. */
const tidy = (text: string): string => text.normalize('NFC').replaceAll('’', "'")

// "İ" alone folds to two units, which would shift what follows it.
const fold = (text: string): string => text.replaceAll('İ', 'i').toLowerCase()

function compile(entries: readonly LexiconEntry[], unspaced: boolean): Matcher {
  const byToken = new Map<string, Word[]>()
  const anywhere: Word[] = []
  entries.forEach((entry, index) => {
    const exact = tidy(entry.word.trim())
    if (exact === '') return
    const token = FIRST_TOKEN.exec(exact)
    const word: Word = {
      index,
      exact,
      folded: fold(exact),
      exactCase: entry.exactCase === true,
      lead: token?.index ?? 0,
      joinsLeft: WORD_CHARACTER.test(firstOf(exact)),
      joinsRight: WORD_CHARACTER.test(lastOf(exact)),
    }
    if (!token || unspaced) return void anywhere.push(word)
    const key = fold(token[0])
    const held = byToken.get(key)
    if (held) held.push(word)
    else byToken.set(key, [word])
  })
  return { byToken, anywhere }
}

const firstOf = (text: string): string => String.fromCodePoint(text.codePointAt(0) ?? 0)
function lastOf(text: string): string {
  const pair = text.codePointAt(text.length - 2)
  return pair !== undefined && pair > 0xffff ? String.fromCodePoint(pair) : text.slice(-1)
}

const compiled = new WeakMap<readonly LexiconEntry[], { spaced?: Matcher; unspaced?: Matcher }>()

/** The list is compiled once and remembered by identity: change it by making a new array. */
function matcherOf(entries: readonly LexiconEntry[], lang: Lang): Matcher {
  const held = compiled.get(entries) ?? {}
  compiled.set(entries, held)
  if (UNSPACED.test(lang)) return (held.unspaced ??= compile(entries, true))
  return (held.spaced ??= compile(entries, false))
}

function stands(text: string, folded: string, at: number, word: Word): boolean {
  if (at < 0) return false
  if (word.exactCase ? !text.startsWith(word.exact, at) : !folded.startsWith(word.folded, at)) return false
  const end = at + word.exact.length
  if (word.joinsLeft && at > 0 && WORD_CHARACTER.test(lastOf(text.slice(Math.max(0, at - 2), at)))) return false
  return !(word.joinsRight && end < text.length && WORD_CHARACTER.test(firstOf(text.slice(end, end + 2))))
}

/**
 * The entries whose word occurs in the text, in the order of the list. Words match whole ("Ann" is not in "Anna", but
 * is in "Ann's" and "Ann-Marie"), in any case unless the entry says otherwise; where the language writes no spaces they
 * match anywhere. Costs a pass over the text, however long the list is.
 */
export function applies(entries: readonly LexiconEntry[], text: string, lang: Lang): LexiconEntry[] {
  if (entries.length === 0 || text === '') return []
  const { byToken, anywhere } = matcherOf(entries, lang)
  const tidied = tidy(text)
  const folded = fold(tidied)
  const found = new Set<number>()
  for (const token of byToken.size === 0 ? [] : folded.matchAll(TOKEN)) {
    for (const word of byToken.get(token[0]) ?? [])
      if (!found.has(word.index) && stands(tidied, folded, token.index - word.lead, word)) found.add(word.index)
  }
  for (const word of anywhere)
    if (word.exactCase ? tidied.includes(word.exact) : folded.includes(word.folded)) found.add(word.index)
  return [...found].sort((a, b) => a - b).flatMap(index => entries[index] ?? [])
}
