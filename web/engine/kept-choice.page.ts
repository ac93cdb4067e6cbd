/** Something that was chosen once for all tabs of this browser; undefined where nothing was. */
export interface KeptChoice {
  readonly id: string | undefined
  set(id: string | undefined): void
  watch(listener: () => void): () => void
}

function storage(): Storage | undefined {
  try {
    return globalThis.localStorage
  } catch {
    return undefined // closed to us in some private windows; the choice then lasts until the tab is closed
  }
}

/** @param key its name in localStorage */
export function keptChoice(key: string): KeptChoice {
  const listeners = new Set<() => void>()
  let current = storage()?.getItem(key) ?? undefined

  function tell(): void {
    for (const listener of [...listeners]) listener()
  }

  globalThis.addEventListener?.('storage', event => {
    // No key: all of it was cleared.
    if (event.key !== key && event.key !== null) return
    current = storage()?.getItem(key) ?? undefined
    tell()
  })

  return {
    get id() {
      return current
    },
    set(id) {
      current = id
      try {
        if (id === undefined) storage()?.removeItem(key)
        else storage()?.setItem(key, id)
      } catch {
        // Storage is full: it holds in this tab.
      }
      tell()
    },
    watch(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
