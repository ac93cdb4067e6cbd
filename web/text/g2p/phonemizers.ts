import type { Lang } from '#protocol/speech.ts'
import { createEnglish } from './english.ts'
import { createEspeakReader, ESPEAK_VOICES, type Espeak } from './espeak.ts'
import { createJapanese } from './japanese.ts'
import type { G2pData, Phonemizer } from './phonemizer.ts'

export interface PhonemizerParts {
  /** Bytes of the English pronunciation data; asked again after a failure. */
  readonly english: () => Promise<G2pData>
  /** eSpeak NG, for the languages that are read by it; asked again after a failure. */
  readonly espeak: () => Promise<Espeak>
}

/**
 * The reader of each language, opened when it is first needed. Languages that none knows go to the English one, which
 * refuses them by name.
 */
export function createPhonemizers({ english, espeak }: PhonemizerParts): (lang: Lang) => Promise<Phonemizer> {
  const japanese = createJapanese()
  const readEnglish = once(() => createEnglish(english))
  const readOthers = once(async () => createEspeakReader(await espeak()))
  return async lang => {
    if (japanese.languages.includes(lang)) return japanese
    return lang in ESPEAK_VOICES ? readOthers() : readEnglish()
  }
}

/** Keeps what succeeded, forgets what failed. */
function once<T>(open: () => Promise<T>): () => Promise<T> {
  let opened: Promise<T> | undefined
  return () =>
    (opened ??= open().catch((error: unknown) => {
      opened = undefined
      throw error
    }))
}
