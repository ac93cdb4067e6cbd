const KEY = 'voxloom:contract-versions'

function read(): Record<string, string> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}')
    return kept && typeof kept === 'object' ? (kept as Record<string, string>) : {}
  } catch {
    return {}
  }
}

/**
 * Which version of each plugin was heard last. Sound that was made by it is found again under that, also while the
 * companion is away.
 */
export const pluginVersions = {
  get(name: string): string | undefined {
    const version: unknown = read()[name]
    return typeof version === 'string' ? version : undefined
  },
  set(name: string, version: string): void {
    try {
      localStorage.setItem(KEY, JSON.stringify({ ...read(), [name]: version }))
    } catch {
      // A private window, or storage is full: the sound is made anew when the companion is away.
    }
  },
}
