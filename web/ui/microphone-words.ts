import { toSeamError, type Failure } from '#protocol/errors.ts'
import type { Translate } from './failure.ts'

/** Reasons that a microphone's errors give, each with the code that it comes with: others use the same words. */
const REASONS = new Map<unknown, readonly [code: Failure, words: string]>([
  ['denied', ['refused', 'denied']],
  ['dismissed', ['refused', 'dismissed']],
  ['system', ['refused', 'system']],
  ['policy', ['refused', 'policy']],
  ['gesture', ['refused', 'gesture']],
  ['none', ['not-found', 'none']],
  ['gone', ['not-found', 'none']],
  ['unplugged', ['not-found', 'unplugged']],
  ['busy', ['conflict', 'busy']],
  ['elsewhere', ['conflict', 'elsewhere']],
  ['insecure', ['unsupported', 'insecure']],
  ['worklet', ['engine', 'worklet']],
])
const BROWSERS: ReadonlySet<unknown> = new Set(['chromium', 'firefox', 'safari', 'ios'])

/** Why there is no microphone (any more), and what to do; undefined when the error is about something else. */
export function microphoneWords(error: unknown, t: Translate): { title: string; text: string } | undefined {
  const { code, details } = toSeamError(error)
  const [expected, words] = REASONS.get(details['reason']) ?? []
  if (code !== expected) return undefined
  const browser = BROWSERS.has(details['browser']) ? String(details['browser']) : 'chromium'
  const how = t(`microphone.allow.${browser}`, {})
  return { title: t(`microphone.${words}.title`, {}), text: t(`microphone.${words}.text`, { how }) }
}
