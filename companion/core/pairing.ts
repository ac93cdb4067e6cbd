import { createHash, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { SeamError, toSeamError } from '#protocol/errors.ts'
import { readJsonFile, writeJsonFile } from './install/json-file.ts'
import { mayPair } from './pairing-origin.ts'
import { sameSecret } from './token.ts'

/** Pages that may be paired at a time. */
export const MOST_PAIRINGS = 100
/** Milliseconds of use that a loss of power may make forgotten: each request must not be a write to the disk. */
const USE_STEP = 10 * 60_000

/** A page that was paired, as others are told of it. */
export interface PairingInfo {
  readonly origin: string
  /** ISO 8601. */
  readonly paired: string
  /** ISO 8601; absent when it was never used. */
  readonly used?: string
}

interface Pairing {
  readonly origin: string
  /** SHA-256 of the token, hexadecimal. 32 random bytes need no salt and no slow hash. */
  readonly hash: string
  readonly paired: string
  used?: string
}

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex')

/**
 * Pages of other servers that the user has paired, each by a token which only the page has. In the file `pairings.json`
 * of the state folder, which the one running companion of that folder writes.
 */
export class Pairings {
  readonly #file: string
  readonly #now: () => number
  #all: readonly Pairing[] = []
  /** When the file was last written. */
  #saved = 0
  #isStale = false

  /** @param warn is told when the file is damaged: then no page is paired until the user does it anew */
  constructor(stateFolder: string, warn: (message: string) => void = () => {}, now: () => number = Date.now) {
    this.#file = join(stateFolder, 'pairings.json')
    this.#now = now
    try {
      this.#all = readPairings(readJsonFile(this.#file))
    } catch (error) {
      const { message } = toSeamError(error)
      warn(`${message} No page is paired until you pair it anew with “voxloom pair”, which replaces the file.`)
    }
  }

  list(): PairingInfo[] {
    return this.#all.map(({ origin, paired, used }) => ({ origin, paired, ...(used !== undefined && { used }) }))
  }

  has(origin: string): boolean {
    return this.#all.some(pairing => pairing.origin === origin)
  }

  /** Whether the token is one of this origin. That counts as use. */
  admits(origin: string, token: string): boolean {
    const found = this.#find(origin, token)
    if (!found) return false
    found.used = new Date(this.#now()).toISOString()
    this.#isStale = true
    if (this.#now() - this.#saved >= USE_STEP) this.#saveUse()
    return true
  }

  /** @throws SeamError conflict, when as many pages are paired as may be */
  requireRoom(): void {
    if (this.#all.length < MOST_PAIRINGS) return
    throw new SeamError(
      'conflict',
      `${MOST_PAIRINGS} pages are paired already, and no more can be. End one first: “voxloom pair list” shows them, “voxloom pair revoke ORIGIN” ends one.`,
      { details: { reason: 'full' } },
    )
  }

  /** @returns the token, which is kept nowhere else @throws SeamError conflict, quota, refused */
  add(origin: string): string {
    this.requireRoom()
    const token = randomBytes(32).toString('base64url')
    const paired = new Date(this.#now()).toISOString()
    this.#replace([...this.#all, { origin, hash: hashOf(token), paired }])
    return token
  }

  /**
   * Ends all pairings, those of an origin, or that of one token.
   * @returns what was ended @throws SeamError quota, refused; then all are as they were
   */
  remove(origin?: string, token?: string): PairingInfo[] {
    const only = origin !== undefined && token !== undefined ? this.#find(origin, token) : undefined
    const goes = (pairing: Pairing) =>
      token === undefined ? origin === undefined || pairing.origin === origin : pairing === only
    const gone = this.list().filter((_, at) => goes(this.#all[at]!))
    if (gone.length > 0) this.#replace(this.#all.filter(pairing => !goes(pairing)))
    return gone
  }

  /** Writes what is not on the disk yet. */
  close(): void {
    if (this.#isStale) this.#saveUse()
  }

  #find(origin: string, token: string): Pairing | undefined {
    const hash = hashOf(token)
    return this.#all.find(pairing => pairing.origin === origin && sameSecret(hash, pairing.hash))
  }

  /** The disk first: nobody is told of a pairing, or of its end, that a crash would undo. */
  #replace(all: readonly Pairing[]): void {
    writeJsonFile(this.#file, { pairings: all })
    this.#all = all
    this.#saved = this.#now()
    this.#isStale = false
  }

  #saveUse(): void {
    try {
      this.#replace(this.#all)
    } catch {
      // A full disk locks nobody out: it is tried again at a later use.
      this.#saved = this.#now()
    }
  }
}

/** @throws SeamError integrity */
function readPairings(data: unknown): Pairing[] {
  if (data === undefined) return []
  const list = data !== null && typeof data === 'object' && 'pairings' in data ? data.pairings : undefined
  if (Array.isArray(list) && list.every(isPairing)) return list
  throw new SeamError('integrity', 'The file pairings.json of the state folder is damaged.', { retryable: false })
}

function isPairing(data: unknown): data is Pairing {
  if (data === null || typeof data !== 'object') return false
  const { origin, hash, paired, used } = data as Partial<Record<keyof Pairing, unknown>>
  const isWhole = typeof origin === 'string' && typeof hash === 'string' && typeof paired === 'string'
  return isWhole && mayPair(origin) && /^[0-9a-f]{64}$/.test(hash) && ['undefined', 'string'].includes(typeof used)
}
