import { openPhonemizers } from '../../companion/core/speech.ts'
import { modelsFolder } from '../support/models.ts'
import { wordsOf } from '../support/words.ts'

/**
 * Words as they are said: "$3.99" and "three dollars and ninety nine cents" are the same. What was to be said and what
 * was heard go through the same mill, whoever said it.
 */
export async function spelling(): Promise<(text: string) => string[]> {
  const english = await openPhonemizers(modelsFolder)('en-us')
  return text => wordsOf(english.analyse(text, { lang: 'en-us' }).normalised)
}
