import { defineStore } from 'pinia'
import { computed, shallowRef, triggerRef } from 'vue'
import type { Turn } from '#protocol/dialogue.ts'
import type { Conversation, ConversationSide, KeptTurn, SpokenSound } from '../../storage/conversations-types.ts'
import { newId } from '../../ui/new-id.ts'
import { useStudio } from '../studio.ts'
import { Keeper, sideKey, type TurnSounds } from './keeper.ts'

const secondsOf = (sounds: TurnSounds): number =>
  Object.values(sounds).reduce((sum, { samples, sampleRate }) => sum + samples.length / sampleRate, 0)

/** The conversation that the room shows, as it is kept: what was said in it, also before it was gone on with. */
export const useKeptTalk = defineStore('converse/kept', () => {
  const studio = useStudio()
  const keeper = shallowRef<Keeper>()

  function keep(conversation: Conversation, sounds?: ReadonlySet<string>): Keeper {
    const made = new Keeper(
      studio.conversations,
      () => made === keeper.value && triggerRef(keeper),
      conversation,
      sounds,
    )
    return (keeper.value = made)
  }

  /** The one that is shown, or a new one. */
  function current(persona: Conversation['persona']): Keeper {
    if (keeper.value) return keeper.value
    const now = new Date().toISOString()
    const { id, name } = persona
    return keep({
      id: newId(),
      title: '',
      createdAt: now,
      updatedAt: now,
      revision: 0,
      persona: { id, name },
      turns: [],
    })
  }

  return {
    /** Once something of it is stored. */
    id: computed(() => (keeper.value?.stored ? keeper.value.conversation.id : undefined)),
    title: computed(() => keeper.value?.conversation.title ?? ''),
    turns: computed<readonly KeptTurn[]>(() => keeper.value?.conversation.turns ?? []),
    failure: computed(() => keeper.value?.failure),
    current,

    /** @param isWanted asked once it was read: an answer that comes late is dropped. @throws SeamError not-found */
    async open(id: string, isWanted: () => boolean): Promise<Conversation | undefined> {
      const store = await studio.conversations()
      const [conversation, sounds] = await Promise.all([store.open(id), store.sounds(id)])
      if (!isWanted()) return undefined
      keep(conversation, new Set(sounds.map(({ turn, side }) => sideKey(turn, side))))
      void store.note(id, { openedAt: new Date().toISOString() }).catch(() => undefined)
      return conversation
    },

    /** Everything said so far was written, as far as it can be. */
    settled: async () => keeper.value?.settled,

    /** The next turn begins a new one. */
    leave: () => void (keeper.value = undefined),

    /** A turn of the conversation that `to` keeps is over. One in which nobody said anything is not kept. */
    add(to: Keeper, turn: Turn, { id, name }: Conversation['persona'], sounds: TurnSounds): void {
      if (turn.user || turn.reply) void to.add({ ...turn, name, seconds: secondsOf(sounds) }, { id, name }, sounds)
    },

    hasSound: (turn: number, side: ConversationSide) => keeper.value?.sounds.has(sideKey(turn, side)) ?? false,

    async sound(turn: number, side: ConversationSide): Promise<SpokenSound | undefined> {
      const id = keeper.value?.conversation.id
      return id === undefined ? undefined : (await studio.conversations()).sound(id, turn, side)
    },
  }
})
