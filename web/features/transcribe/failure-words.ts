import { toSeamError, type Failure } from '#protocol/errors.ts'
import { failureText } from '../../ui/failure.ts'

type Translate = (key: string, values: Record<string, unknown>) => string

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

/** Reasons of web/audio/capture that the room has words for. */
const REASONS: Readonly<Record<string, string>> = {
  denied: 'denied',
  dismissed: 'dismissed',
  system: 'system',
  policy: 'policy',
  none: 'none',
  gone: 'none',
  busy: 'busy',
  elsewhere: 'elsewhere',
  unplugged: 'unplugged',
  insecure: 'insecure',
}
/** For errors that give no reason: what their code means of a microphone. */
const CODES: Partial<Record<Failure, string>> = { refused: 'denied', 'not-found': 'none', conflict: 'busy' }
const BROWSERS: ReadonlySet<unknown> = new Set(['chromium', 'firefox', 'safari', 'ios'])

/** Why there is no microphone (any more), and what to do. */
export function microphoneWords(error: unknown, t: Translate, locale: string): { title: string; text: string } {
  const { code, details } = toSeamError(error)
  const reason = REASONS[String(details['reason'])] ?? CODES[code]
  if (reason === undefined) return failureWords(error, t, locale)
  const browser = BROWSERS.has(details['browser']) ? String(details['browser']) : 'chromium'
  const how = t(`transcribe.mic.allow.${browser}`, {})
  return { title: t(`transcribe.mic.${reason}.title`, {}), text: t(`transcribe.mic.${reason}.text`, { how }) }
}
