import type { LoreEntry, Lorebook } from '#protocol/personas.ts'
import type { Lang, VoiceBlend } from '#protocol/speech.ts'
import { DEFAULT_LORE, EMPTY_LORE_ENTRY } from '#dialogue/personas/defaults.ts'

/** What can be chosen from; the room knows it. */
export interface PersonaChoices {
  readonly voices: readonly { readonly id: string; readonly name: string; readonly lang: Lang }[]
  readonly languages: readonly { readonly value: Lang; readonly label: string }[]
  readonly models: readonly { readonly id: string; readonly name: string }[]
}

/** Said to hear a voice, where a persona has no greeting. */
export interface PersonaTaste {
  readonly voice: VoiceBlend
  readonly speed: number
  readonly lang: Lang
  readonly text: string
}

export const EMPTY_BOOK: Lorebook = { ...DEFAULT_LORE, entries: [] }

/** Keys as one line of text, divided by commas. */
export const keysLine = (keys: readonly string[]): string => keys.join(', ')

/** A comma inside a regular expression belongs to it: those stand one a line. */
export function keysOf(text: string, regex: boolean): string[] {
  return text.split(regex ? '\n' : /[,\n]/).flatMap(key => key.trim() || [])
}

export function addEntry(book: Lorebook): Lorebook {
  return { ...book, entries: [...book.entries, EMPTY_LORE_ENTRY] }
}

export function changeEntry(book: Lorebook, at: number, entry: LoreEntry): Lorebook {
  return { ...book, entries: book.entries.with(at, entry) }
}

/** A book without entries is none. */
export function removeEntry(book: Lorebook, at: number): Lorebook | undefined {
  const entries = book.entries.toSpliced(at, 1)
  return entries.length > 0 ? { ...book, entries } : undefined
}
