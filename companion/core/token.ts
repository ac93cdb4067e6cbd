import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorCode, fileError, isMissing } from './models/files.ts'

const WELL_FORMED = /^[A-Za-z0-9_-]{43}$/

export function tokenFile(stateFolder: string): string {
  return join(stateFolder, 'token')
}

/**
 * The secret that lets this user's programs talk to this user's companion: 32 random bytes in a file that only the
 * user may read, made at the first need and kept, so that a page stays paired when the companion starts again.
 * @throws SeamError refused
 */
export function ensureToken(stateFolder: string): string {
  const path = tokenFile(stateFolder)
  const known = readToken(stateFolder)
  if (known) return known
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  try {
    mkdirSync(stateFolder, { recursive: true, mode: 0o700 })
    writeFileSync(draft, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx', flush: true })
    try {
      // A link never replaces: of two that start together, both use the first one's token.
      linkSync(draft, path)
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error
      if (!readToken(stateFolder)) {
        rmSync(path)
        linkSync(draft, path)
      }
    }
  } catch (error) {
    throw fileError(error, path, 'write')
  } finally {
    rmSync(draft, { force: true })
  }
  return readToken(stateFolder)!
}

/** The token, or undefined when there is none yet. One that others could read is locked up again. */
function readToken(stateFolder: string): string | undefined {
  const path = tokenFile(stateFolder)
  try {
    if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600)
    const text = readFileSync(path, 'utf8').trim()
    return WELL_FORMED.test(text) ? text : undefined
  } catch (error) {
    if (isMissing(error)) return undefined
    throw fileError(error, path, 'read')
  }
}

/** A second secret made from the first, so that a leaked cookie does not reveal the token. */
export function deriveSecret(token: string, use: string): string {
  return createHmac('sha256', token).update(use).digest('base64url')
}

/** Compares in a time that does not depend on where two secrets differ. */
export function sameSecret(given: string, secret: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(secret))
}
