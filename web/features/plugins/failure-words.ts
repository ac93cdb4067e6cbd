import { toSeamError, type Failure } from '#protocol/errors.ts'
import { contractFailure } from '../../ui/contract-words.ts'
import { failureText } from '../../ui/failure.ts'

type Translate = (key: string, values: Record<string, unknown>) => string

/** Failures of which only the companion's own sentence says what is wrong. */
const TOLD: ReadonlySet<Failure> = new Set(['bad-input', 'unsupported', 'not-found', 'conflict', 'engine'])
/** Failures that mean something else here than where the page works alone. */
const OURS: ReadonlySet<Failure> = new Set(['offline', 'conflict', 'engine'])

/** What failed, for a notice or a line. */
export function failureWords(error: unknown, t: Translate, locale: string): { title: string; text: string } {
  const known = contractFailure(error, t)
  if (known) return known
  const { code } = toSeamError(error)
  const { title, text, detail } = failureText(error, t, locale)
  return {
    title: OURS.has(code) ? t(`plugins.failure.${code}`, {}) : title,
    text: TOLD.has(code) ? detail : code === 'offline' ? t('plugins.failure.offlineText', {}) : text,
  }
}

/** The same beside the plugin's name: said once, and as people call it. */
export function pluginFailure(
  error: unknown,
  displayName: string,
  t: Translate,
  locale: string,
): { title: string; text: string } {
  const { title, text } = failureWords(error, t, locale)
  const named = `The plugin “${String(toSeamError(error).details['plugin'])}”`
  const said = `${named} says: `
  const own = text.startsWith(said) ? text.slice(said.length) : text
  return { title, text: own.replaceAll(named, () => displayName) }
}
