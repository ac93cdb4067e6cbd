import { fromErrorData, SeamError, type ErrorData } from '#protocol/errors.ts'
import { PairingStore, readAddress } from './pairing-store.ts'
import { isErrorData, type Fetch, type Line } from './request.ts'
import { unreachable, watchPolicy } from './unreachable.ts'

/** Milliseconds for what nobody waits for with eyes on it. */
const PATIENCE = 5_000
/** The browser may ask its user first. */
const LONG_PATIENCE = 120_000

/** How this page reaches a companion: its own server's, or one that it was paired with by a code. */
export interface CompanionLink extends Line {
  /** Origin of the companion that this page was paired with; undefined where its own server's is asked. */
  readonly address: string | undefined
  /**
   * To be called from a click: Chrome asks for the permission to reach this computer then.
   * @throws SeamError whose `details.reason` says why: address, insecure, malformed, wrong, expired, void, none, full,
   * policy, blocked, nobody, stranger
   */
  pair(address: string, code: string): Promise<void>
  /** Forgets the companion, which forgets this page when it is there to hear of it. */
  unpair(): Promise<void>
  /** Calls back when another companion is asked from now on. @returns an end to it */
  watch(listener: () => void): () => void
}

export interface LinkOptions {
  readonly fetch?: Fetch
  readonly store?: PairingStore
  /** The page's own. */
  readonly origin?: string
}

export function createCompanionLink(options: LinkOptions = {}): CompanionLink {
  const plain = options.fetch ?? globalThis.fetch.bind(globalThis)
  const store = options.store ?? new PairingStore()
  const origin = () => options.origin ?? location.origin

  /** A page that is not paired can read the answers to this request alone: they tell refusal from absence. */
  const knock = (base: string, code: string, patience: number) =>
    plain(`${base}/pair`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code }),
      credentials: 'omit',
      cache: 'no-store',
      signal: AbortSignal.timeout(patience),
    })

  const ask: Fetch = async (input, init = {}) => {
    const pairing = store.now
    // Nobody but the companion ever sees the token.
    if (!pairing || !String(input).startsWith(`${pairing.address}/`)) return plain(input, init)
    const headers = new Headers(init.headers)
    headers.set('authorization', `Bearer ${pairing.token}`)
    try {
      return await plain(input, { ...init, headers, credentials: 'omit' })
    } catch (error) {
      if (!init.signal?.aborted && (await isRefused(pairing.address))) return revoked()
      throw error
    }
  }

  async function isRefused(base: string): Promise<boolean> {
    try {
      return isErrorData(await (await knock(base, '', PATIENCE)).json())
    } catch {
      return false
    }
  }

  return {
    get base() {
      return store.now?.address ?? ''
    },
    get address() {
      return store.now?.address
    },
    fetch: ask,
    watch: listener => store.watch(listener),

    async pair(typed, code) {
      const address = readAddress(typed)
      if (address === undefined) {
        throw failure(
          'address',
          `“${typed.slice(0, 80)}” is no address of a companion: it is like http://localhost:4747.`,
        )
      }
      if (globalThis.isSecureContext === false) {
        throw failure(
          'insecure',
          'This page came without encryption. Only pages from https, or from this computer, can be paired.',
        )
      }
      const policy = watchPolicy(address)
      try {
        const response = await knock(address, code, LONG_PATIENCE).catch(async (cause: unknown) => {
          throw await unreachable(policy.isBlocked, cause)
        })
        store.set({ address, token: await tokenOf(response) })
      } finally {
        policy.end()
      }
    },

    async unpair() {
      const pairing = store.now
      if (!pairing) return
      const path = `${pairing.address}/pair/${encodeURIComponent(origin())}`
      // Where it is not there, the token that nobody has any more stays in its list until it is revoked.
      await ask(path, { method: 'DELETE', signal: AbortSignal.timeout(PATIENCE) }).catch(() => undefined)
      store.set(undefined)
    },
  }
}

const failure = (reason: string, message: string, code: 'bad-input' | 'refused' | 'offline' = 'bad-input') =>
  new SeamError(code, message, { retryable: false, details: { reason } })

/** @throws SeamError what the companion said, or that this is none */
async function tokenOf(response: Response): Promise<string> {
  const body: unknown = await response.json().catch(() => undefined)
  if (!response.ok && isErrorData(body)) throw fromErrorData(body)
  const token = body && typeof body === 'object' && 'token' in body ? body.token : undefined
  if (response.ok && typeof token === 'string') return token
  throw failure(
    'stranger',
    'Another program answers there. The companion prints its address when it starts.',
    'offline',
  )
}

/** What the companion would say if a page that it does not know might read it. */
function revoked(): Response {
  const data: ErrorData = {
    code: 'refused',
    message: 'The companion doesn’t know this page any more: connect it anew, with a code of “voxloom pair”.',
    retryable: false,
    details: {},
  }
  return Response.json(data, { status: 403 })
}
