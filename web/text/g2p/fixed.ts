import type { LexiconEntry } from '#protocol/speech.ts'
import type { Fixed } from '../normalise/types.ts'
import { fromIpa } from './alphabet.ts'
import type { AnalyseOptions } from './phonemizer.ts'
import { withS } from './suffixes.ts'

const escape = (text: string) => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')

/**
 * The stretches of a text whose reading the user has given: overrides first, then whole words of the user's list, longest
 * first. In order and not overlapping. A possessive takes its 's along.
 */
export function fixedStretches(text: string, options: AnalyseOptions): Fixed[] {
  const result: Fixed[] = []
  for (const { from, to, ipa } of options.overrides ?? []) {
    const [start, end] = [Math.max(0, Math.trunc(from)), Math.min(text.length, Math.trunc(to))]
    if (start < end) result.push({ from: start, to: end, ipa: fromIpa(ipa), by: 'mark' })
  }
  result.sort((a, b) => a.from - b.from)
  const taken = result.filter((item, index) => index === 0 || item.from >= (result[index - 1]?.to ?? 0))
  return [...taken, ...lexiconStretches(text, options)].sort((a, b) => a.from - b.from).filter(notCovered(taken))
}

function notCovered(taken: readonly Fixed[]): (item: Fixed) => boolean {
  let end = 0
  return item => {
    const free =
      item.from >= end && (item.by === 'mark' || !taken.some(other => item.from < other.to && other.from < item.to))
    if (free) end = item.to
    return free
  }
}

function lexiconStretches(text: string, options: AnalyseOptions): Fixed[] {
  const entries = new Map<string, LexiconEntry[]>()
  for (const entry of options.lexicon ?? []) {
    const word = entry.word.trim().toLowerCase()
    if (word === '' || ((entry.ipa ?? '').trim() === '' && (entry.as ?? '').trim() === '')) continue
    entries.set(word, [...(entries.get(word) ?? []), entry])
  }
  if (entries.size === 0) return []
  const words = [...entries.keys()]
    .sort((a, b) => b.length - a.length)
    .map(word => escape(word).replace(/\s+/g, '\\s+'))
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}])(${words.join('|')})(['’]s)?(?![\\p{L}\\p{N}])`, 'giu')
  const found: Fixed[] = []
  for (const match of text.matchAll(pattern)) {
    const shown = match[1] ?? ''
    const candidates = entries.get(shown.toLowerCase().replace(/\s+/g, ' ')) ?? []
    const entry =
      candidates.find(candidate => candidate.exactCase && candidate.word.trim() === shown) ??
      candidates.find(candidate => !candidate.exactCase)
    if (!entry) continue
    const span = { from: match.index, to: match.index + match[0].length, by: 'lexicon' } as const
    const ipa = entry.ipa === undefined ? '' : fromIpa(entry.ipa)
    if (ipa !== '') found.push({ ...span, ipa: match[2] ? withS(ipa, options.lang === 'en-gb') : ipa })
    else if (entry.as !== undefined) found.push({ ...span, as: `${entry.as}${match[2] ? "'s" : ''}` })
  }
  return found
}
