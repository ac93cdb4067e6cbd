import { sourceSpan, type Cleaned } from '../normalise/clean.ts'
import type { AnalysedWord, Analysis, WordSource } from './phonemizer.ts'

/** Collects what is said, word after word, with the spaces that Kokoro expects between words and marks. */
export function createSpoken(text: string, cleaned: Cleaned) {
  const words: AnalysedWord[] = []
  const said: string[] = []
  let phonemes = ''
  return {
    /** @param from offset in the cleaned text, as `to` */
    add(from: number, to: number, spoken: string, sounds: string, source: WordSource): void {
      const span = sourceSpan(cleaned, from, to)
      const opening = /^[“(]$/.test(sounds)
      const tight = phonemes === '' || (source === 'punctuation' && !opening) || /[“(]$/.test(phonemes)
      if (!tight) phonemes += ' '
      const phonemeFrom = phonemes.length
      phonemes += sounds
      said.push(spoken)
      const place = { text: text.slice(span.from, span.to), ...span }
      words.push({ ...place, spoken, phonemes: sounds, source, phonemeFrom, phonemeTo: phonemes.length })
    },
    /** @param skipped in any order */
    finish(skipped: Analysis['skipped']): Analysis {
      const inOrder = skipped.toSorted((a, b) => a.from - b.from)
      return { text, normalised: said.join(' '), phonemes, words, skipped: inOrder }
    },
  }
}
