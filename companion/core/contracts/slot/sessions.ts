import type { WireValue } from '#protocol/contracts.ts'

type Params = Readonly<Record<string, WireValue>>

/** Milliseconds after which a session that nobody feeds is taken for left. */
export const SESSION_IDLE = 60_000

/** Streams that were started and not ended: they live in one process, and can't be moved to another. */
export class Sessions {
  readonly #used = new Map<string, number>()

  /** Whether a call belongs to one that is open. */
  has(method: string, params: Params): boolean {
    if (method !== 'feed_audio' && method !== 'end_stream') return false
    return typeof params['session_id'] === 'string' && this.#used.has(params['session_id'])
  }

  /** A call was answered. */
  note(method: string, params: Params, result: WireValue, now: number): void {
    const id = method === 'start_stream' ? sessionOf(result) : params['session_id']
    if (typeof id !== 'string') return
    if (method === 'end_stream') this.#used.delete(id)
    else if (method === 'start_stream' || this.has(method, params)) this.#used.set(id, now)
  }

  /** How many there are that somebody uses. */
  open(now: number): number {
    for (const [id, used] of this.#used) if (now - used > SESSION_IDLE) this.#used.delete(id)
    return this.#used.size
  }

  clear(): void {
    this.#used.clear()
  }
}

function sessionOf(result: WireValue): WireValue | undefined {
  if (typeof result === 'string') return result
  return result !== null && typeof result === 'object' && 'session_id' in result ? result['session_id'] : undefined
}
