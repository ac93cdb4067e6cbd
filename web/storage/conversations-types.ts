import type { Turn } from '#protocol/dialogue.ts'

/** An exchange as it is kept. */
export interface KeptTurn extends Turn {
  /** Who answered. */
  readonly name: string
  /** Seconds of sound, both sides. */
  readonly seconds: number
}

export interface Conversation {
  readonly id: string
  /** Empty until the user gives it one. */
  readonly title: string
  /** ISO 8601, UTC. */
  readonly createdAt: string
  readonly updatedAt: string
  /** Raised by one at every save; the store refuses a save that was made from an older one. */
  readonly revision: number
  /** Who answered last. */
  readonly persona: { readonly id: string; readonly name: string }
  readonly turns: readonly KeptTurn[]
}

/** A row of the list, small enough to load thousands. */
export interface ConversationSummary extends Omit<Conversation, 'turns'> {
  /** The first words, to know a conversation by while it has no title. */
  readonly opening?: string
  readonly openedAt?: string
  readonly turns: number
  /** Seconds of sound, both sides. */
  readonly seconds: number
  /** Milliseconds since 1970 at which it was removed; it can be brought back until it is purged. */
  readonly removedAt?: number
}

/** Who spoke. */
export type ConversationSide = 'user' | 'reply'

/** A stretch of mono sound. */
export interface SpokenSound {
  readonly samples: Float32Array<ArrayBuffer>
  /** Hz. */
  readonly sampleRate: number
}
