import { toSeamError, type SeamError } from '#protocol/errors.ts'
import type { Conversation, ConversationSide, KeptTurn, SpokenSound } from '../../storage/conversations-types.ts'
import type { ConversationStore } from '../../storage/types.ts'
import { newId } from '../../ui/new-id.ts'

/** What the sides of a turn sounded like, where there was anything to hear. */
export type TurnSounds = Partial<Record<ConversationSide, SpokenSound>>

/** The name of one side of a turn, in sets. */
export const sideKey = (turn: number, side: ConversationSide): string => `${turn} ${side}`

/**
 * Keeps one conversation as it goes on: each turn when it is over, first its words, then its sound. What could not be
 * written is written with the next turn. When another tab has gone on with the same conversation, this one becomes a
 * conversation of its own, with everything that was said in it.
 */
export class Keeper {
  readonly #open: () => Promise<ConversationStore>
  readonly #onChange: () => void
  readonly #sounds: Set<string>
  #conversation: Conversation
  /** Of what is stored; 0 before that. */
  #revision: number
  #storedTurns: number
  #last: Promise<void> = Promise.resolve()
  #failure: SeamError | undefined

  /** @param sounds what is kept of `conversation`, which is stored, by `sideKey`; undefined for one that begins */
  constructor(
    open: () => Promise<ConversationStore>,
    onChange: () => void,
    conversation: Conversation,
    sounds?: ReadonlySet<string>,
  ) {
    this.#open = open
    this.#onChange = onChange
    this.#conversation = conversation
    this.#sounds = new Set(sounds)
    this.#revision = sounds ? conversation.revision : 0
    this.#storedTurns = sounds ? conversation.turns.length : 0
  }

  /** With what is still to be written. */
  get conversation(): Conversation {
    return this.#conversation
  }

  get stored(): boolean {
    return this.#revision > 0
  }

  /** Sides of turns that have sound, by `sideKey`. */
  get sounds(): ReadonlySet<string> {
    return this.#sounds
  }

  /** Why something of the last turn is not on the disk. */
  get failure(): SeamError | undefined {
    return this.#failure
  }

  /** Resolves when everything added so far was written, as far as it can be. */
  get settled(): Promise<void> {
    return this.#last
  }

  /** Resolves when all that can be written was; look at `failure`. */
  add(turn: KeptTurn, persona: Conversation['persona'], sounds: TurnSounds): Promise<void> {
    this.#conversation = { ...this.#conversation, persona, turns: [...this.#conversation.turns, turn] }
    const sides = Object.entries(sounds) as [ConversationSide, SpokenSound][]
    for (const [side] of sides) this.#sounds.add(sideKey(turn.id, side))
    this.#onChange()
    return (this.#last = this.#last.then(async () => {
      try {
        const store = await this.#open()
        await this.#write(store)
        this.#onChange()
        for (const [side, sound] of sides) await store.keepSound(this.#conversation.id, turn.id, side, sound)
        this.#failure = undefined
      } catch (error) {
        this.#failure = toSeamError(error)
      }
      this.#onChange()
    }))
  }

  async #write(store: ConversationStore): Promise<void> {
    const { turns } = this.#conversation
    try {
      const kept =
        this.#revision === 0
          ? await store.create({ ...this.#conversation, revision: 1, updatedAt: new Date().toISOString() })
          : await store.save(this.#conversation, this.#revision)
      this.#revision = kept.revision
      this.#storedTurns = turns.length
    } catch (error) {
      const { code } = toSeamError(error)
      if (code !== 'conflict' && code !== 'not-found') throw error
      const theirs = code === 'conflict' ? await store.open(this.#conversation.id).catch(() => undefined) : undefined
      // It got another name, no more.
      if (theirs && theirs.turns.length === this.#storedTurns) {
        this.#conversation = { ...this.#conversation, title: theirs.title }
        this.#revision = theirs.revision
        return this.#write(store)
      }
      await this.#part(store)
    }
  }

  /** Goes on as a conversation of its own. */
  async #part(store: ConversationStore): Promise<void> {
    const before = this.#conversation.id
    const now = new Date().toISOString()
    const own = { ...this.#conversation, id: newId(), revision: 1, createdAt: now, updatedAt: now }
    await store.create(own)
    this.#conversation = { ...this.#conversation, id: own.id, createdAt: now }
    this.#revision = 1
    this.#storedTurns = own.turns.length
    for (const { turn, side } of await store.sounds(before)) {
      if (!this.#sounds.has(sideKey(turn, side))) continue
      const sound = await store.sound(before, turn, side)
      if (sound) await store.keepSound(own.id, turn, side, sound)
    }
  }
}
