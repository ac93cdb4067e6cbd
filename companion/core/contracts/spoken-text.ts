import type { LexiconEntry, Segment } from '#protocol/speech.ts'
import { applies } from '#text/lexicon/lexicon.ts'
import { parseMarks } from '#text/marks/parse.ts'

/** A stretch of a sentence, or silence of so many seconds. */
export type SpokenPart = { readonly text: string } | { readonly pause: number }

/**
 * A sentence as a plugin is told to say it, which knows nothing of our marks: its pauses are silence between the parts,
 * words are spelt as they are to be read. Phonemes are another engine's, and left out.
 */
export function spokenParts({ text, lang, lexicon }: Pick<Segment, 'text' | 'lang' | 'lexicon'>): SpokenPart[] {
  const { plain, pauses } = parseMarks(text)
  const parts: SpokenPart[] = []
  let from = 0
  const say = (to: number) => {
    const said = respelt(plain.slice(from, to).replace(/\s+/g, ' ').trim(), lexicon, lang)
    if (said !== '') parts.push({ text: said })
    from = to
  }
  for (const { at, seconds } of pauses) {
    say(at)
    parts.push({ pause: seconds })
  }
  say(plain.length)
  return parts
}

function respelt(text: string, lexicon: readonly LexiconEntry[], lang: string): string {
  const respellings = lexicon.filter(({ as, ipa }) => as !== undefined && ipa === undefined)
  const entries = applies(respellings, text, lang)
  if (entries.length === 0) return text
  const words = entries.map(({ word }) => word.trim()).sort((one, other) => other.length - one.length)
  // Whole words, where the word's own ends are letters; one apostrophe is as good as the other.
  const patterns = words.map(word => {
    const before = /^[\p{L}\p{N}]/u.test(word) ? String.raw`(?<![\p{L}\p{M}\p{N}])` : ''
    const after = /[\p{L}\p{M}\p{N}]$/u.test(word) ? String.raw`(?![\p{L}\p{M}\p{N}])` : ''
    return `${before}${word.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&').replace(/['’]/g, "['’]")}${after}`
  })
  return text.replace(new RegExp(patterns.join('|'), 'giu'), found => {
    const entry = entries.find(({ word, exactCase }) =>
      exactCase ? tidy(word) === tidy(found) : tidy(word).toLowerCase() === tidy(found).toLowerCase(),
    )
    return entry?.as ?? found
  })
}

const tidy = (word: string) => word.trim().replaceAll('’', "'")
