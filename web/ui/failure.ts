import { toSeamError } from '#protocol/errors.ts'
import { contractFailure } from './contract-words.ts'
import { formatBytes } from './format.ts'

/** An error in the user's words. */
export interface FailureText {
  /** What happened. */
  readonly title: string
  /** What was kept, and what to do. */
  readonly text: string
  /** The original sentence, in English, for the details. */
  readonly detail: string
  readonly retryable: boolean
}

/** vue-i18n's `t`. */
export type Translate = (key: string, values: Record<string, unknown>) => string

/** Values that hold bytes are shown with their unit. */
const BYTES = new Set(['need', 'free', 'have', 'bytes'])

export function failureText(error: unknown, t: Translate, locale: string): FailureText {
  const { code, message, details, retryable } = toSeamError(error)
  // What a plugin did is another matter than a voice of ours that failed.
  const plugin = contractFailure(error, t)
  if (plugin) return { title: plugin.title, text: t('contract.kept', {}), detail: message, retryable }
  const values = Object.fromEntries(
    Object.entries(details).map(([key, value]) => [
      key,
      BYTES.has(key) && typeof value === 'number' ? formatBytes(value, locale) : value,
    ]),
  )
  return {
    title: t(`failure.${code}.title`, values),
    text: t(`failure.${code}.text`, values),
    detail: message,
    retryable,
  }
}
