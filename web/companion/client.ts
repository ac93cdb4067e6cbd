import type { CompanionStatus } from '#protocol/status.ts'
import type { CompanionLink } from './link.ts'
import { isErrorData } from './request.ts'
import type { CompanionClient, CompanionState } from './types.ts'

/** Milliseconds between two looks at a companion that answers. */
export const POLL_PRESENT = 15_000
/** Milliseconds until the first look after it was not there; doubled each time up to the longest wait. */
export const POLL_ABSENT = 5_000
export const POLL_LONGEST = 300_000
/** Milliseconds until silence counts as absence. */
const PATIENCE = 5_000

export interface CompanionOptions {
  readonly link: CompanionLink
  /** Whether anybody looks at the page; hidden pages do not ask. */
  readonly visible?: () => boolean
  /** Tells of visibility and of the network coming back. @returns an end to it */
  readonly onWake?: (wake: () => void) => () => void
}

/** `body` as a status, or undefined when it is something else, e.g. a static host's start page. */
export function readStatus(body: unknown): CompanionStatus | undefined {
  if (!body || typeof body !== 'object') return undefined
  const { name, version, protocol, uptime, models } = body as Partial<Record<keyof CompanionStatus, unknown>>
  if (name !== 'voxloom' || typeof version !== 'string' || typeof protocol !== 'string') return undefined
  const known = Array.isArray(models) ? models : []
  return {
    ...(body as CompanionStatus),
    uptime: typeof uptime === 'number' ? uptime : 0,
    models: known.filter(
      (model): model is CompanionStatus['models'][number] =>
        typeof model?.id === 'string' && typeof model?.complete === 'boolean',
    ),
  }
}

/** A companion refuses in JSON; some static hosts answer 403 with a page where nothing is. */
function isRefusal({ status }: Response, body: unknown): boolean {
  return (status === 401 || status === 403) && isErrorData(body)
}

function onPageWake(wake: () => void): () => void {
  document.addEventListener('visibilitychange', wake)
  addEventListener('online', wake)
  return () => {
    document.removeEventListener('visibilitychange', wake)
    removeEventListener('online', wake)
  }
}

/** Asks the companion how it is, again and again: often while it answers, ever more seldom while it does not. */
export function createCompanionClient({ link, ...options }: CompanionOptions): CompanionClient {
  const visible = options.visible ?? (() => document.visibilityState === 'visible')
  const listeners = new Set<() => void>()
  let state: CompanionState = 'connecting'
  let status: CompanionStatus | undefined
  let isStatic = false
  let wait = POLL_ABSENT
  let timer: ReturnType<typeof setTimeout> | undefined
  let looking: Promise<void> | undefined
  let closed = false
  let told = ''

  const seen = () => JSON.stringify([state, status, isStatic, link.address])
  function become(next: CompanionState, nextStatus: CompanionStatus | undefined, nextStatic: boolean): void {
    const before = told
    state = next
    status = nextStatus
    isStatic = nextStatic
    told = seen()
    if (told !== before) for (const listener of [...listeners]) listener()
  }

  async function look(): Promise<void> {
    let next: CompanionState = 'absent'
    let found: CompanionStatus | undefined
    let isElse = false
    const { address } = link
    try {
      const response = await link.fetch(`${link.base}/status`, {
        cache: 'no-store',
        headers: { Accept: 'application/json' },
        signal: AbortSignal.timeout(PATIENCE),
      })
      const body: unknown = await response.json().catch(() => undefined)
      if (isRefusal(response, body)) next = 'refused'
      else if (response.ok) found = readStatus(body)
      if (found) next = 'paired'
      // A server that fails may be a proxy whose companion is not there.
      isElse = next === 'absent' && response.status < 500
    } catch {
      // Nobody there.
    }
    if (closed) return
    become(next, found, address === undefined && (isElse || (next === 'absent' && isStatic)))
    wait = next === 'paired' ? POLL_PRESENT : Math.min(POLL_LONGEST, wait * 2)
    if (next === 'paired') return schedule(POLL_PRESENT)
    schedule(wait)
  }

  function schedule(milliseconds: number): void {
    clearTimeout(timer)
    timer = setTimeout(() => visible() && void refresh(), milliseconds)
  }

  function refresh(): Promise<void> {
    if (closed) return Promise.resolve()
    clearTimeout(timer)
    looking ??= look().finally(() => (looking = undefined))
    return looking
  }

  /** A look that is under way may be at another companion. */
  async function lookAnew(): Promise<void> {
    await looking
    await refresh()
  }

  const endLink = link.watch(() => void lookAnew())
  const endWake = (options.onWake ?? onPageWake)(() => {
    if (!visible()) return
    wait = POLL_ABSENT
    void refresh()
  })
  void refresh()

  return {
    get state() {
      return state
    },
    get status() {
      return status
    },
    pairing: {
      get isHosted() {
        return isStatic || link.address !== undefined
      },
      get address() {
        return link.address
      },
      async connect(address, code) {
        await link.pair(address, code)
        await lookAnew()
      },
      async disconnect() {
        await link.unpair()
        await lookAnew()
      },
    },
    refresh,
    watch(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close() {
      closed = true
      clearTimeout(timer)
      endWake()
      endLink()
      listeners.clear()
    },
  }
}
