import { SeamError } from '#protocol/errors.ts'
import type { Lang } from '#protocol/speech.ts'
import { normalise, spaceBefore } from '../normalise/normalise.ts'
import type { Unit } from '../normalise/types.ts'
import { restress } from './alphabet.ts'
import { fixedStretches } from './fixed.ts'
import { chooseSense } from './heteronyms.ts'
import { loadLexicon } from './lexicon.ts'
import { loadNeuralG2p, type NeuralG2p } from './neural/model.ts'
import type { AnalysedWord, AnalyseOptions, Analysis, G2pData, Phonemizer } from './phonemizer.ts'
import { WordReader, type Reading } from './reader.ts'
import type { Sentence } from './sentence.ts'
import { lazyTagger } from './tagger.ts'
import { nextSound, type Around } from './weak.ts'

const LANGUAGES: readonly Lang[] = ['en-us', 'en-gb']

/**
 * English text → Kokoro's phonemes, American and British. Lists are parsed when their accent is first asked for, the
 * speller's weights at the first word that no list has.
 */
export async function createEnglish(data: () => Promise<G2pData> | G2pData): Promise<Phonemizer> {
  const bytes = await data()
  let neural: NeuralG2p | undefined
  const speller = () => (neural ??= loadNeuralG2p(bytes.neural))
  const readers = new Map<Lang, WordReader>()
  const reader = (lang: Lang): WordReader => {
    if (!LANGUAGES.includes(lang)) {
      throw new SeamError(
        'unsupported',
        `English pronunciation covers en-us and en-gb, not “${lang}”. Choose one of those.`,
      )
    }
    let known = readers.get(lang)
    if (!known) {
      const british = lang === 'en-gb'
      const lexicon = british
        ? loadLexicon(bytes.gbGold, bytes.gbSilver, true)
        : loadLexicon(bytes.usGold, bytes.usSilver, false)
      readers.set(lang, (known = new WordReader(lexicon, speller)))
    }
    return known
  }
  return { languages: LANGUAGES, analyse: (text, options) => analyse(text, options, reader(options.lang)) }
}

function analyse(text: string, options: AnalyseOptions, reader: WordReader): Analysis {
  const {
    units,
    skipped,
    text: normalised,
  } = normalise(text, { lang: options.lang, fixed: fixedStretches(text, options) })
  const readings = new Array<Reading>(units.length)
  let vowelNext: boolean | undefined
  let end = units.length
  // From the end: a word's form may depend on the sound after it.
  while (end > 0) {
    let start = end - 1
    while (start > 0 && !endsSentence(units[start - 1])) start--
    const stretch = units.slice(start, end)
    const sentence = sentenceOf(stretch)
    const shouted = isShouted(stretch)
    for (let index = stretch.length - 1; index >= 0; index--) {
      const unit = stretch[index]
      if (!unit) continue
      const reading = readUnit(unit, stretch, index, sentence, shouted, vowelNext, reader)
      readings[start + index] = reading
      vowelNext =
        unit.kind === 'mark'
          ? /^[“”"()]$/.test(unit.text)
            ? vowelNext
            : undefined
          : nextSound(reading.phonemes, vowelNext)
    }
    end = start
  }
  return compose(text, normalised, units, readings, skipped, options.lang === 'en-gb')
}

function endsSentence(unit: Unit | undefined): boolean {
  return unit?.kind === 'mark' && /[.!?…]/.test(unit.text)
}

function sentenceOf(units: readonly Unit[]): Sentence {
  const shown = units.map(unit => (unit.how === 'ipa' ? 'it' : unit.text))
  return { shown, words: shown.map(word => word.toLowerCase()), tag: lazyTagger(shown) }
}

/** Two words or more, and hardly a small letter. */
function isShouted(units: readonly Unit[]): boolean {
  let capitals = 0
  let small = 0
  let words = 0
  for (const unit of units) {
    if (unit.kind === 'mark' || unit.made || unit.how) continue
    words++
    for (const letter of unit.text) {
      if (/\p{Lu}/u.test(letter)) capitals++
      else if (/\p{Ll}/u.test(letter)) small++
    }
  }
  return words > 2 && capitals > 8 && small <= capitals / 10
}

function readUnit(
  unit: Unit,
  units: readonly Unit[],
  index: number,
  sentence: Sentence,
  shouted: boolean,
  vowelNext: boolean | undefined,
  reader: WordReader,
): Reading {
  if (unit.kind === 'mark') return { phonemes: unit.text, source: 'punctuation' }
  if (unit.how === 'ipa') return { phonemes: unit.text, source: unit.fixed === 'mark' ? 'mark' : 'user' }
  if (unit.how === 'letters') {
    const letters = reader.spell(unit.text)
    if (letters !== undefined) return { phonemes: letters, source: 'spelled' }
  }
  const lower = unit.text.toLowerCase()
  const next = units[index + 1]
  const senses = unit.made ? undefined : reader.senses(unit.text)
  const around: Around = {
    vowelNext,
    glued: next?.kind === 'word' && next.glued && next.made === true,
    sense: senses && chooseSense(lower, senses, sentence, index),
    shouted,
    first: index === 0,
    previous: sentence.words[index - 1] ?? '',
    next: sentence.words[index + 1] ?? '',
  }
  const reading = reader.read(unit.text, around)
  const phonemes = unit.how === 'weak' ? restress(reading.phonemes, -2) : reading.phonemes
  return { phonemes, source: unit.fixed === 'lexicon' ? 'user' : reading.source }
}

function compose(
  text: string,
  normalised: string,
  units: readonly Unit[],
  readings: readonly Reading[],
  skipped: Analysis['skipped'],
  british: boolean,
): Analysis {
  const words: AnalysedWord[] = []
  const parts: string[] = []
  let length = 0
  units.forEach((unit, index) => {
    const reading = readings[index]
    if (!reading) return
    if (index > 0 && spaceBefore(units[index - 1], unit)) {
      parts.push(' ')
      length++
    }
    const phonemes = british ? reading.phonemes : reading.phonemes.replaceAll('ɾ', 'T').replaceAll('ʔ', 't')
    parts.push(phonemes)
    const spoken = unit.how === 'ipa' ? text.slice(unit.from, unit.to) : unit.text
    words.push({
      text: text.slice(unit.from, unit.to),
      from: unit.from,
      to: unit.to,
      spoken,
      phonemes,
      source: reading.source,
      phonemeFrom: length,
      phonemeTo: length + phonemes.length,
    })
    length += phonemes.length
  })
  return { text, normalised, phonemes: parts.join(''), words, skipped }
}
