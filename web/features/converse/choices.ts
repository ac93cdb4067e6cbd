const KEY = 'voxloom.converse.'

/** A choice of this browser, or `otherwise` when there is none that makes sense. */
export function readChoice<T extends string>(name: string, choices: readonly T[] | undefined, otherwise: T): T {
  try {
    const kept = localStorage.getItem(KEY + name) as T | null
    return kept && (!choices || choices.includes(kept)) ? kept : otherwise
  } catch {
    return otherwise // a private window: the choice lasts until the tab closes
  }
}

export function writeChoice(name: string, value: string): void {
  try {
    localStorage.setItem(KEY + name, value)
  } catch {
    // as above
  }
}
