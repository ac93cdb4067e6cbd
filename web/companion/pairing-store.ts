/** A companion that this page was paired with. */
export interface Pairing {
  /** Its origin: `http://localhost:4747`. */
  readonly address: string
  /** Good for this page's origin alone. It is in no export and no log. */
  readonly token: string
}

const KEY = 'voxloom:companion'
/** The only names under which a companion answers that the page's policy lets it reach. */
const NAMES: readonly string[] = ['localhost', '127.0.0.1']

/** What a person typed as a companion's origin; undefined when it can't be one. */
export function readAddress(text: string): string | undefined {
  const typed = text.trim()
  const address = typed.includes('://') ? typed : `http://${typed}`
  if (!URL.canParse(address)) return undefined
  const { protocol, hostname, origin } = new URL(address)
  return protocol === 'http:' && NAMES.includes(hostname) ? origin : undefined
}

function parse(text: string | null): Pairing | undefined {
  try {
    const { address, token } = JSON.parse(text ?? '') as Partial<Record<keyof Pairing, unknown>>
    const isWhole = typeof address === 'string' && readAddress(address) === address && typeof token === 'string'
    return isWhole ? { address, token } : undefined
  } catch {
    return undefined
  }
}

/** The pairing in localStorage, shared by all tabs; where there is no storage, it lasts until the tab is closed. */
export class PairingStore {
  readonly #listeners = new Set<() => void>()
  #now: Pairing | undefined

  constructor() {
    this.#now = parse(this.#storage()?.getItem(KEY) ?? null)
    globalThis.addEventListener?.('storage', ({ key }) => {
      // No key: all of it was cleared.
      if (key !== KEY && key !== null) return
      this.#now = parse(this.#storage()?.getItem(KEY) ?? null)
      this.#tell()
    })
  }

  get now(): Pairing | undefined {
    return this.#now
  }

  set(pairing: Pairing | undefined): void {
    this.#now = pairing
    try {
      if (pairing) this.#storage()?.setItem(KEY, JSON.stringify(pairing))
      else this.#storage()?.removeItem(KEY)
    } catch {
      // Storage is full: it holds in this tab.
    }
    this.#tell()
  }

  watch(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener()
  }

  #storage(): Storage | undefined {
    try {
      return globalThis.localStorage
    } catch {
      return undefined // closed to us in some private windows
    }
  }
}
