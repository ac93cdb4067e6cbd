import type { ContractShelf } from './contracts.ts'

/** A call to a plugin, as long as that is up. */
export interface WatchedCall {
  /** Ends with the caller's own signal, and as soon as the plugin is known to be down. */
  readonly signal: AbortSignal
  /** Whether it is the plugin that ended it. */
  readonly isDown: boolean
  close(): void
}

/**
 * The companion makes a call once more that a plugin's end cut off, when the plugin is back. Rooms don't wait for that:
 * something of this page can go on at once.
 */
export function watchCall(
  { isDown: isPluginDown, watch }: Pick<ContractShelf, 'isDown' | 'watch'>,
  name: string,
  signal: AbortSignal | undefined,
): WatchedCall {
  const stop = new AbortController()
  const onAbort = () => stop.abort(signal?.reason)
  if (signal?.aborted) onAbort()
  signal?.addEventListener('abort', onAbort, { once: true })
  let isDown = false
  const unwatch = watch(() => {
    isDown ||= isPluginDown(name)
    if (isDown) stop.abort()
  })
  return {
    signal: stop.signal,
    get isDown() {
      return isDown && !signal?.aborted
    },
    close() {
      unwatch()
      signal?.removeEventListener('abort', onAbort)
    },
  }
}
