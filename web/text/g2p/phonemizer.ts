import type { Lang, LexiconEntry } from '#protocol/speech.ts'
import type { Skipped } from '../normalise/types.ts'

/** Bytes of the English pronunciation data, as downloaded. */
export interface G2pData {
  /** JSON: word → phonemes, or → phonemes by part of speech. Checked by hand ("gold") or not ("silver"). */
  readonly usGold: Uint8Array
  readonly usSilver: Uint8Array
  readonly gbGold: Uint8Array
  readonly gbSilver: Uint8Array
  /** `.npz` with the weights of the speller for unknown words. */
  readonly neural: Uint8Array
}

/** Where a pronunciation came from; `neural` and `spelled` are the ones worth a listen. */
export type WordSource = 'lexicon' | 'lexicon-silver' | 'rule' | 'spelled' | 'neural' | 'user' | 'mark' | 'punctuation'

/** One spoken word or one mark. Several may share a stretch of text: "$45.50" is six words. */
export interface AnalysedWord {
  /** The stretch as the text shows it: `text.slice(from, to)`. */
  readonly text: string
  /** UTF-16 offsets in the input, `to` exclusive; never falling from one word to the next. */
  readonly from: number
  readonly to: number
  /** What is said: "forty". */
  readonly spoken: string
  readonly phonemes: string
  readonly source: WordSource
  /** Where `phonemes` stands in `Analysis.phonemes`. */
  readonly phonemeFrom: number
  readonly phonemeTo: number
}

export interface Analysis {
  readonly text: string
  /** The text as it is said, figures and signs in words. */
  readonly normalised: string
  /** In Kokoro's alphabet, marks and spaces included. */
  readonly phonemes: string
  readonly words: readonly AnalysedWord[]
  /** What is not spoken, and why: other scripts, emoji, the end of an endless word. */
  readonly skipped: readonly Skipped[]
}

export interface AnalyseOptions {
  readonly lang: Lang
  /** The user's own pronunciations. */
  readonly lexicon?: readonly LexiconEntry[]
  /** Phonemes for one stretch; they win over everything. Offsets in the text. */
  readonly overrides?: readonly { readonly from: number; readonly to: number; readonly ipa: string }[]
}

/** Text to phonemes, for one or more languages. Synchronous and pure: the same input gives the same output. */
export interface Phonemizer {
  readonly languages: readonly Lang[]
  /** @throws SeamError unsupported when `lang` is not one of `languages` */
  analyse(text: string, options: AnalyseOptions): Analysis
}
