import { SeamError } from '#protocol/errors.ts'
import type { MicrophonePermission } from './devices.ts'

/** Browsers that ask and remember in different places. */
export type BrowserKind = 'chromium' | 'firefox' | 'safari' | 'ios'

/** Where the user gives the permission back. */
const allow: Readonly<Record<BrowserKind, string>> = {
  chromium: 'Click the icon to the left of the address, allow the microphone, and try again.',
  firefox: 'Click the crossed-out microphone beside the address, remove the block, and try again.',
  safari: 'Choose Settings for This Website in the Safari menu, set Microphone to Allow, and try again.',
  ios: 'Open Settings, Safari, Microphone, choose Ask or Allow, and try again.',
}

export function browserKind(userAgent: string): BrowserKind {
  if (/iPhone|iPad/.test(userAgent)) return 'ios'
  if (/Firefox\//.test(userAgent)) return 'firefox'
  return /Chrom(e|ium)\//.test(userAgent) ? 'chromium' : 'safari'
}

/** A page over plain http from another computer gets no microphone at all. */
export function insecure(host: string): SeamError {
  return new SeamError(
    'unsupported',
    `Browsers give the microphone only to pages over https or from the same computer, and this one came over http from ${host}. Open it on the computer that serves it, or over https.`,
    { details: { reason: 'insecure', host } },
  )
}

/**
 * What `getUserMedia` refused, as an error that says what to do. Its details hold a `reason` for the page's own words.
 * @param permission as it is after the refusal
 */
export function refusal(cause: unknown, permission: MicrophonePermission, userAgent: string): SeamError {
  const { name, message } = cause as Partial<Error>
  const error = (...[code, reason, words, retryable]: Refusal): SeamError =>
    new SeamError(code, words, { cause, details: { reason, browser }, ...(retryable && { retryable }) })
  const browser = browserKind(userAgent)
  switch (name) {
    case 'NotFoundError':
      return error('not-found', 'none', 'No microphone was found. Connect one, and try again.')
    case 'OverconstrainedError':
      return error('not-found', 'gone', 'The chosen microphone is not connected. Connect it, or choose another one.')
    case 'NotReadableError':
    case 'AbortError':
      return error(
        'conflict',
        'busy',
        'The microphone could not be opened: another program may be using it. Close that program, or choose another microphone.',
        true,
      )
    case 'NotAllowedError':
      if (/system/i.test(message ?? '')) {
        return error(
          'refused',
          'system',
          'The operating system keeps the microphone from this browser. Allow it in the system’s privacy settings, and try again.',
        )
      }
      if (permission === 'prompt') {
        return error(
          'refused',
          'dismissed',
          'The browser’s question about the microphone was closed without an answer. Try again, and choose Allow.',
          true,
        )
      }
      return error('refused', 'denied', `This page may not use the microphone. ${allow[browser]}`)
    case 'SecurityError':
      return error('refused', 'policy', 'This browser is set up to give the microphone to no page.')
    default:
      return error('unsupported', 'unknown', 'This browser could not open a microphone.')
  }
}

type Refusal = [code: SeamError['code'], reason: string, words: string, retryable?: boolean]
