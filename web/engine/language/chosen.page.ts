const KEY = 'voxloom:language-model'

const listeners = new Set<() => void>()

function storage(): Storage | undefined {
  try {
    return globalThis.localStorage
  } catch {
    return undefined // closed to us in some private windows; the choice then lasts until the tab is closed
  }
}

let current = storage()?.getItem(KEY) ?? undefined

globalThis.addEventListener?.('storage', ({ key }) => {
  // No key: all of it was cleared.
  if (key !== KEY && key !== null) return
  current = storage()?.getItem(KEY) ?? undefined
  tell()
})

function tell(): void {
  for (const listener of [...listeners]) listener()
}

/** The language model that personas without one of their own use, by its id. Kept in this browser, for all tabs. */
export const chosenModel = {
  get id(): string | undefined {
    return current
  },
  set(id: string | undefined): void {
    current = id
    try {
      if (id === undefined) storage()?.removeItem(KEY)
      else storage()?.setItem(KEY, id)
    } catch {
      // Storage is full: it holds in this tab.
    }
    tell()
  },
  watch(listener: () => void): () => void {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
}
