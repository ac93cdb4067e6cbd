import { toSeamError } from '#protocol/errors.ts'
import { failureText, type Translate } from '../../ui/failure.ts'

/** What failed, for a notice. What is wrong with an input only its own sentence can say. */
export function failureWords(error: unknown, t: Translate, locale: string): { title: string; text: string } {
  const { title, text, detail } = failureText(error, t, locale)
  const { code } = toSeamError(error)
  return { title, text: code === 'bad-input' || code === 'unsupported' ? detail : text }
}
