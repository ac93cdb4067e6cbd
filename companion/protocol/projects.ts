import type { LexiconEntry, Lang, VoiceBlend } from './speech.ts'

/** One block of text. Sentences are not stored: text/segment finds them, the same way every time. */
export interface Paragraph {
  readonly id: string
  readonly text: string
  /** Overrides the project's voice. */
  readonly voice?: VoiceBlend
}

export interface Chapter {
  readonly id: string
  readonly title: string
  readonly paragraphs: readonly Paragraph[]
}

export interface ProjectSettings {
  readonly lang: Lang
  readonly engine: string
  readonly voice: VoiceBlend
  /** 0.5…2 */
  readonly speed: number
  /** Seconds. */
  readonly pauses: { readonly sentence: number; readonly paragraph: number; readonly chapter: number }
}

export interface Project {
  readonly id: string
  readonly title: string
  readonly author?: string
  /** ISO 8601, UTC. */
  readonly createdAt: string
  readonly updatedAt: string
  readonly openedAt?: string
  /** Raised by one at every save; the store refuses a save that was made from an older one. */
  readonly revision: number
  readonly settings: ProjectSettings
  readonly lexicon: readonly LexiconEntry[]
  readonly chapters: readonly Chapter[]
}

/** A row of the project list, small enough to load thousands. */
export interface ProjectSummary {
  readonly id: string
  /** Empty until the user gives one. */
  readonly title: string
  /** The first words of the text, to know it by while it has no title. */
  readonly opening?: string
  readonly updatedAt: string
  readonly openedAt?: string
  readonly revision: number
  readonly characters: number
  /** Seconds of sound rendered, and of the whole as far as it can be estimated. */
  readonly rendered: number
  readonly estimated: number
}
