import { SeamError } from '#protocol/errors.ts'
import type { Download } from './download.ts'
import { checkSignature } from './signature.ts'
import { checkPlatform, readStatement, type Statement } from './statement.ts'
import type { TrustedKeys } from './trusted-keys.ts'

/** What the user says of an archive. */
export interface Claims {
  /** Hex. */
  readonly sha256?: string | undefined
  readonly statement?: { readonly text: string; readonly signature: string; readonly key: string } | undefined
}

/** What an archive must be, and who says so. */
export interface Expectation {
  readonly sha256: string
  readonly trust: 'pinned' | 'signed'
  readonly statement?: Statement
  /** Name of the key. */
  readonly key?: string
}

/**
 * Judges the claims before anything is fetched.
 * @returns undefined when nothing was said of the archive
 * @throws SeamError bad-input, integrity (another's signature), not-found (no such key), unsupported
 */
export function settleClaims({ sha256, statement: signed }: Claims, keys: TrustedKeys): Expectation | undefined {
  const pinned = sha256?.trim().toLowerCase()
  if (pinned !== undefined && !/^[0-9a-f]{64}$/.test(pinned))
    throw new SeamError('bad-input', 'That is no SHA-256: it has 64 digits, 0 to 9 and a to f.')
  if (!signed) return pinned === undefined ? undefined : { sha256: pinned, trust: 'pinned' }
  const statement = readStatement(signed.text)
  checkSignature(statement, signed.signature, keys.find(signed.key), signed.key)
  checkPlatform(statement)
  if (pinned !== undefined && pinned !== statement.sha256)
    throw new SeamError('bad-input', `The statement is about an archive with another SHA-256: ${statement.sha256}.`)
  return { sha256: statement.sha256, trust: 'signed', statement, key: signed.key }
}

/** @throws SeamError refused, when nothing was expected; integrity, when it is another archive */
export function checkDownload({ sha256, source }: Download, expected: Expectation | undefined): Expectation {
  if (!expected) {
    throw new SeamError(
      'refused',
      `${source} has the SHA-256 ${sha256}. Nothing says yet that this is what its author made, so it was not installed. Compare it with what the author publishes elsewhere, then install with: --sha256 ${sha256}`,
    )
  }
  if (sha256 === expected.sha256) return expected
  throw new SeamError(
    'integrity',
    `${source} has the SHA-256 ${sha256}, not ${expected.sha256}. It was changed or cut short on the way, or it is another version. Nothing was installed.`,
  )
}
