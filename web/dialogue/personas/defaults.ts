import type { LoreEntry, Lorebook, Persona } from '#protocol/personas.ts'

/** What a card that was not made for speech gets. */
export const DEFAULT_SPEECH: Pick<Persona, 'voice' | 'speed' | 'lang'> = {
  voice: [{ id: 'af_heart', weight: 1 }],
  speed: 1,
  lang: 'en-us',
}

/** Cards seldom say; these are enough for what was just talked about, and leave most of a small model's room. */
export const DEFAULT_LORE: Omit<Lorebook, 'entries'> = { scanDepth: 4, tokenBudget: 1_024, recursive: false }

/** Where the orders of entries begin that do not say theirs. */
export const DEFAULT_ORDER = 100

export const EMPTY_LORE_ENTRY: LoreEntry = {
  keys: [],
  secondaryKeys: [],
  content: '',
  enabled: true,
  constant: false,
  exactCase: false,
  regex: false,
  order: DEFAULT_ORDER,
  priority: DEFAULT_ORDER,
  position: 'before',
}

/** @param name shown in lists; never empty */
export function newPersona(name: string, id: string = crypto.randomUUID()): Persona {
  return { id, name, prompt: '', greeting: '', ...DEFAULT_SPEECH }
}

/** The same persona under another id and name. Its card goes along: what is not understood of it is kept in both. */
export function copyOfPersona(persona: Persona, name: string, id: string = crypto.randomUUID()): Persona {
  return { ...persona, id, name }
}
