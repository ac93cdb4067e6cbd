import { SeamError } from '#protocol/errors.ts'
import type { Target } from './model-sources.ts'

/** What is known of the file so far when a server answers. */
export interface Asked {
  readonly bytes: number
  readonly url: string | undefined
  readonly etag: string | undefined
}

/**
 * Judges status and headers before a byte is read.
 * @param whole length of the whole file, bytes
 * @returns `go on` to read the body, `begin anew` to forget the bytes so far, or the failure when waiting may help
 * @throws SeamError not-found, refused, integrity when this source is of no use
 */
export function checkAnswer(
  response: Response,
  target: Target,
  whole: number,
  asked: Asked,
): 'go on' | 'begin anew' | SeamError {
  const { status, headers } = response
  const details = { source: target.label, status }
  if (status === 416 && asked.bytes > 0) return 'begin anew'
  if (status === 429 || status === 408 || status >= 500) {
    const reason = status === 429 ? 'asks us to come back later' : `answered with status ${status}`
    return new SeamError('offline', `${target.label} ${reason}`, { details })
  }
  if (status === 401 || status === 403) {
    throw new SeamError('refused', `${target.label} refused to give the file (status ${status})`, { details })
  }
  if (status === 404 || status === 410) {
    throw new SeamError('not-found', `${target.label} does not have the file (status ${status})`, { details })
  }
  if (status !== 200 && status !== 206) {
    throw new SeamError('offline', `${target.label} answered with status ${status}`, { details })
  }
  if (/^(text\/html|application\/xhtml)/i.test(headers.get('content-type') ?? '')) throw wrongBytes(target, 'page')

  if (status === 206) {
    const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get('content-range') ?? '')
    // A hub on another origin may hide the header; the hash decides then.
    if (range && Number(range[1]) !== asked.bytes) return 'begin anew'
    if (range && range[2] !== '*' && Number(range[2]) !== whole) throw wrongBytes(target, 'size')
    const etag = headers.get('etag')
    if (asked.url === target.url && etag && asked.etag && etag !== asked.etag) return 'begin anew'
    return 'go on'
  }
  const length = headers.get('content-length')
  // A compressed answer's length says nothing about the file's.
  if (length !== null && !headers.get('content-encoding') && Number(length) !== whole) throw wrongBytes(target, 'size')
  return 'go on'
}

export function wrongBytes(target: Target, reason: 'hash' | 'page' | 'size'): SeamError {
  const what = {
    hash: 'gave a file whose SHA-256 is not the one in the catalogue; it was thrown away',
    page: 'answered with a web page instead of the file, as a sign-in page of a network or a proxy does',
    size: 'has a file of another size than the catalogue says; it was not taken',
  }[reason]
  return new SeamError('integrity', `${target.label} ${what}`, { details: { source: target.label, reason } })
}

/** Whether a body begins like a web page, whatever its type claims. */
export function looksLikeHtml(bytes: Uint8Array): boolean {
  const head = String.fromCharCode(...bytes.subarray(0, 64)).replace(/^(\u00ef\u00bb\u00bf)?\s*/, '')
  return /^<(!doctype\s+html|html[\s>]|head[\s>]|\?xml[^>]*>\s*<!doctype\s+html)/i.test(head)
}

/** Seconds that `Retry-After` asks for. @param now milliseconds since 1970 */
export function retryAfter(header: string | null, now: number): number | undefined {
  if (header === null) return undefined
  if (/^\d+$/.test(header.trim())) return Number(header)
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : Math.max(0, (date - now) / 1_000)
}
