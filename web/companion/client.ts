import type { CompanionStatus } from '#protocol/status.ts'
import type { CompanionClient, CompanionState } from './types.ts'

/** Milliseconds between two looks at a companion that answers. */
export const POLL_PRESENT = 15_000
/** Milliseconds until the first look after it was not there; doubled each time up to the longest wait. */
export const POLL_ABSENT = 5_000
export const POLL_LONGEST = 300_000
/** Milliseconds until silence counts as absence. */
const PATIENCE = 5_000

export interface CompanionOptions {
  /** Origin of the companion; the page's own when empty. */
  readonly base?: string
  readonly fetch?: typeof globalThis.fetch
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

function onPageWake(wake: () => void): () => void {
  document.addEventListener('visibilitychange', wake)
  addEventListener('online', wake)
  return () => {
    document.removeEventListener('visibilitychange', wake)
    removeEventListener('online', wake)
  }
}

/** Asks the companion how it is, again and again: often while it answers, ever more seldom while it does not. */
export function createCompanionClient(options: CompanionOptions = {}): CompanionClient {
  const url = `${options.base ?? ''}/status`
  const ask = options.fetch ?? globalThis.fetch.bind(globalThis)
  const visible = options.visible ?? (() => document.visibilityState === 'visible')
  const listeners = new Set<() => void>()
  let state: CompanionState = 'connecting'
  let status: CompanionStatus | undefined
  let wait = POLL_ABSENT
  let timer: ReturnType<typeof setTimeout> | undefined
  let looking: Promise<void> | undefined
  let closed = false

  function become(next: CompanionState, nextStatus: CompanionStatus | undefined): void {
    const changed = next !== state || JSON.stringify(nextStatus) !== JSON.stringify(status)
    state = next
    status = nextStatus
    if (changed) for (const listener of [...listeners]) listener()
  }

  async function look(): Promise<void> {
    let next: CompanionState = 'absent'
    let found: CompanionStatus | undefined
    try {
      const response = await ask(url, {
        cache: 'no-store',
        headers: { Accept: 'application/json' },
        signal: AbortSignal.timeout(PATIENCE),
      })
      if (response.status === 401 || response.status === 403) next = 'refused'
      else if (response.ok) found = readStatus(await response.json())
      if (found) next = 'paired'
    } catch {
      // Nobody there, or somebody else who does not speak JSON: both mean that there is no companion.
    }
    if (closed) return
    become(next, found)
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
    refresh,
    watch(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close() {
      closed = true
      clearTimeout(timer)
      endWake()
      listeners.clear()
    },
  }
}
