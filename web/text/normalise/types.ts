/** One thing to say, or one mark that shapes how it is said. */
export interface Unit {
  readonly kind: 'word' | 'mark'
  /** A word to look up ("twenty", "GitHub", "well-known"), letters to spell, or one of the marks Kokoro knows. */
  readonly text: string
  /** What it was made from: UTF-16 offsets in the source, `to` exclusive. Several units may share one span. */
  readonly from: number
  readonly to: number
  /** No white space stood between it and the unit before. */
  readonly glued: boolean
  readonly how?: 'letters' | 'ipa' | 'weak'
  /** Came from a list the user keeps, or was set by hand. */
  readonly fixed?: 'lexicon' | 'mark'
  /** Part of a number, date, price: never a heteronym. */
  readonly made?: boolean
}

export type SkipReason = 'script' | 'kanji' | 'emoji' | 'symbol' | 'control' | 'too-long'

/** Text that is not spoken, and why. */
export interface Skipped {
  readonly from: number
  readonly to: number
  readonly reason: SkipReason
}

/** A stretch whose reading is given. Offsets in the source. */
export interface Fixed {
  readonly from: number
  readonly to: number
  /** Phonemes. */
  readonly ipa?: string
  /** Text to read instead. */
  readonly as?: string
  readonly by: 'lexicon' | 'mark'
}

export interface Normalised {
  readonly units: readonly Unit[]
  readonly skipped: readonly Skipped[]
  /** The units as one line, as they are said. */
  readonly text: string
}

/** Letters of one word that are read; the rest of a longer one is skipped and reported. */
export const WORD_LIMIT = 200
/** Digits of one number that are read; from 37 on they are read one by one. */
export const DIGIT_LIMIT = 200
