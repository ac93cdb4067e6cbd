import { toSeamError, type Failure } from '#protocol/errors.ts'
import { failureText, type Translate } from '../../ui/failure.ts'
import { microphoneWords } from '../../ui/microphone-words.ts'

/** Failures of which only their own sentence says what is wrong. */
const TOLD: ReadonlySet<Failure> = new Set(['bad-input', 'unsupported', 'not-found', 'conflict'])

/** What failed, for a notice or a line. */
export function failureWords(error: unknown, t: Translate, locale: string): { title: string; text: string } {
  const { code } = toSeamError(error)
  const { title, text, detail } = failureText(error, t, locale)
  if (code === 'engine')
    return { title: t('transcribe.failure.engine', {}), text: t('transcribe.failure.engineText', {}) }
  return { title, text: TOLD.has(code) ? detail : text }
}

/** Why there is no microphone (any more), or what else kept a recording from going on. */
export function recordingWords(error: unknown, t: Translate, locale: string): { title: string; text: string } {
  return microphoneWords(error, t) ?? failureWords(error, t, locale)
}
