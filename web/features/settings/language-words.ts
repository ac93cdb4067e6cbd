import { toSeamError, type Failure } from '#protocol/errors.ts'

type Translate = (key: string) => string

/** Failures that mean something else of a language model than elsewhere in the page. */
const OURS: ReadonlySet<Failure> = new Set(['offline', 'refused', 'not-found', 'engine', 'bad-input', 'conflict'])

/** What failed in the page's language, and the sentence that says it exactly. */
export function languageFailure(error: unknown, t: Translate): { readonly title: string; readonly text: string } {
  const { code, message } = toSeamError(error)
  return { title: t(OURS.has(code) ? `settings.language.failure.${code}` : `failure.${code}.title`), text: message }
}
