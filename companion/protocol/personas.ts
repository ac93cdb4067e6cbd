import type { Lang, VoiceBlend } from './speech.ts'

/** A piece of background that is told to the model when the talk comes to it. */
export interface LoreEntry {
  /** What the editor calls it; the model never sees it. */
  readonly name?: string
  /** Words that call it up; compared without regard to case unless `exactCase`. */
  readonly keys: readonly string[]
  /** When there are any, one of them must be there as well. */
  readonly secondaryKeys: readonly string[]
  /** May begin with lines of decorators (`@@depth 4`), as character cards have them. */
  readonly content: string
  readonly enabled: boolean
  /** Told whether or not a key was said. */
  readonly constant: boolean
  readonly exactCase: boolean
  /** Keys are regular expressions. */
  readonly regex: boolean
  /** Lower ones stand earlier in the prompt. */
  readonly order: number
  /** Higher ones are kept when the budget is short. */
  readonly priority: number
  readonly position: 'before' | 'after'
  /** Which entry of the card it was read from, counted from 0: the keys of that entry that are not understood go out with it. */
  readonly from?: number
}

export interface Lorebook {
  readonly entries: readonly LoreEntry[]
  /** How many of the latest messages are searched for keys. */
  readonly scanDepth: number
  /** Tokens that the entries may take together, estimated. */
  readonly tokenBudget: number
  /** Content of an entry may call up others. */
  readonly recursive: boolean
}

/** Somebody to talk with. In every text `{{char}}` and `{{user}}` stand for the names. */
export interface Persona {
  readonly id: string
  readonly name: string
  /** What the persona is called in a talk, where that differs from `name`. */
  readonly nickname?: string
  /** What the model is told about it: its system prompt. */
  readonly prompt: string
  /** Who it is, what it is like, and what is going on: told after the prompt. */
  readonly description?: string
  readonly personality?: string
  readonly scenario?: string
  /** How it talks, shown by example; left out when the room runs short. */
  readonly examples?: string
  /** Told after the last message, where models heed it most. */
  readonly postHistory?: string
  /** What it says first; empty for nothing. */
  readonly greeting: string
  /** Other first words to choose from. */
  readonly otherGreetings?: readonly string[]
  readonly voice: VoiceBlend
  /** 0.5…2 */
  readonly speed: number
  readonly lang: Lang
  /** Which language model, by its id; the one chosen in Settings when absent. */
  readonly model?: string
  /** 0…2 */
  readonly temperature?: number
  /** False keeps the model from being told that its replies are spoken aloud. */
  readonly spoken?: boolean
  readonly lorebook?: Lorebook
  /** The character card that it came from, as it was read: keys that are not understood go out as they came in. */
  readonly card?: Readonly<Record<string, unknown>>
}

/** What lies beside a persona: never told to the model, only kept for the next export. */
export interface PersonaFiles {
  /** The PNG that the card came in, with whatever else it holds. */
  readonly picture?: Uint8Array<ArrayBuffer>
  /** Other files of the archive that the card came in, by their path. */
  readonly assets: Readonly<Record<string, Uint8Array<ArrayBuffer>>>
}

/** A persona that has no place yet. */
export type PersonaDraft = Omit<Persona, 'id'>

/** What is to be different about a persona. `null` takes away what it can be without. */
export type PersonaPatch = { readonly [Key in keyof PersonaDraft]?: PersonaDraft[Key] | null }

/** A persona as the companion keeps it. */
export interface KeptPersona extends Persona {
  /** Where it is from: made or imported here, or included; and whether an included one was changed here. */
  readonly origin: 'own' | 'included' | 'changed'
  /** Raised by one at every change; 0 for an included one that was never touched. */
  readonly revision: number
  /** ISO 8601, UTC; not there for one that was never touched. */
  readonly updatedAt?: string
}
