import type { Lang } from '#protocol/speech.ts'
import { createEnglish } from './english.ts'
import { createJapanese } from './japanese.ts'
import type { G2pData, Phonemizer } from './phonemizer.ts'

/**
 * The reader of each language, opened when it is first needed. Languages that none knows go to the English one, which
 * refuses them by name.
 * @param english bytes of the English pronunciation data; asked again after a failure
 */
export function createPhonemizers(english: () => Promise<G2pData>): (lang: Lang) => Promise<Phonemizer> {
  const japanese = createJapanese()
  let opened: Promise<Phonemizer> | undefined
  return async lang => {
    if (japanese.languages.includes(lang)) return japanese
    opened ??= createEnglish(english).catch((error: unknown) => {
      opened = undefined
      throw error
    })
    return opened
  }
}
