import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'
import type { DialogueEvent, EventsDropped } from '#protocol/dialogue.ts'
import { toSeamError } from '#protocol/errors.ts'
import type { Persona } from '#protocol/personas.ts'
import { chosenModel } from '../../engine/language/chosen.page.ts'
import type { ConversationSide, KeptTurn, SpokenSound } from '../../storage/conversations-types.ts'
import { useStudio } from '../studio.ts'
import { readChoice, writeChoice } from './choices.ts'
import type { Keeper } from './keeper.ts'
import { useKeptTalk } from './store-kept.ts'
import { useConverseModel } from './store-model.ts'
import { useConversePartner } from './store-partner.ts'
import { Talk } from './talk.ts'
import { createTalkView } from './talk-view.ts'
import { TALK_MODES, type TalkMode } from './types.ts'

/** Milliseconds between two looks at how far the reply was heard. */
const HEARD_EVERY = 50

/** The dialogue of this tab: what goes on in it, and what the user does. What was said is in `useKeptTalk`. */
export const useConverse = defineStore('converse', () => {
  const studio = useStudio()
  const model = useConverseModel()
  const partner = useConversePartner()
  const kept = useKeptTalk()

  const mode = ref<TalkMode>(readChoice('mode', TALK_MODES, 'hands-free'))
  const { state, caption, reply, thinking, echoes, failure, show, clear } = createTalkView()

  let talk: Talk | undefined
  let talking: Promise<Talk> | undefined
  /** The last turn of what was said before this talk. */
  let before = 0

  /** The talk, begun by now. From a user gesture. @throws SeamError */
  function ensure(): Promise<Talk> {
    const begun: Promise<Talk> = (talking ??= start().catch((error: unknown) => {
      if (talking === begun) talking = undefined
      throw error
    }))
    return begun
  }

  async function start(): Promise<Talk> {
    const player = await studio.talkPlayer()
    try {
      // Asked for while the click still counts as a gesture.
      await player.play()
      const keeper = kept.current(partner.persona)
      const earlier = keeper.conversation.turns
      before = earlier.at(-1)?.id ?? 0
      const begun = await Talk.open({
        player,
        transcriber: studio.transcriber,
        partner: await partner.partner(),
        mode: mode.value,
        earlier,
        onEvent: event => {
          keepTurn(begun, keeper, event)
          if (begun === talk) show(event)
        },
      })
      return (talk = begun)
    } catch (error) {
      await player.close()
      throw error
    }
  }

  /** Also of a talk that the user has left: what was heard of its last reply belongs to it. */
  function keepTurn(of: Talk, keeper: Keeper, event: DialogueEvent | EventsDropped): void {
    if (event.type !== 'TurnComplete') return
    const { result } = event
    if (!result.user && !result.reply) return
    const { id, name } = partner.persona
    const sides = (['user', 'reply'] as const).map(side => [side, of.soundOf(result, side)] as const)
    const sounds = Object.fromEntries(sides.filter(([, { samples }]) => samples.length > 0))
    kept.add(keeper, result, { id, name }, sounds)
  }

  watch(state, (now, _, onCleanup) => {
    if (now !== 'playing') return
    const look = setInterval(() => {
      const heard = talk?.conversation.reply?.heard
      if (heard !== undefined && heard !== reply.value.heard) reply.value = { ...reply.value, heard }
    }, HEARD_EVERY)
    onCleanup(() => clearInterval(look))
  })

  /** Does it, and shows what went wrong. */
  async function told(work: () => Promise<unknown>): Promise<void> {
    failure.value = undefined
    try {
      await work()
    } catch (error) {
      failure.value = toSeamError(error)
    }
  }

  /** Does it at once, or when the models that it needs were offered and fetched. */
  const whenReady = (work: () => Promise<unknown>, needs?: { listening: boolean }) =>
    told(() => model.onceReady(() => told(work), needs))

  const withTalk = (action: (talk: Talk) => void) => whenReady(async () => action(await ensure()), { listening: false })

  const renewPartner = () =>
    told(async () => {
      const next = await partner.partner()
      if (talk) talk.partner = next
    })
  chosenModel.watch(() => void renewPartner())

  watch(mode, next => {
    writeChoice('mode', next)
    if (talk) talk.mode = next
  })

  /** Ends the talk; what was said stays kept. */
  async function end(): Promise<void> {
    const old = await talking?.catch(() => undefined)
    talk = undefined
    talking = undefined
    clear()
    await old?.close()
    await kept.settled()
  }

  return {
    mode,
    state: computed(() => state.value),
    caption: computed(() => caption.value),
    reply: computed(() => reply.value),
    thinking: computed(() => thinking.value),
    echoes: computed(() => echoes.value),
    failure: computed(() => failure.value),
    ensure,
    talk: () => talk,
    whenReady,

    /** @param names the user's name, in the user's language */
    begin: (names: { user: string }) => told(() => partner.begin(names)),
    write: (text: string) => withTalk(({ conversation }) => conversation.write(text)),
    greet: () => withTalk(({ conversation }) => conversation.say(partner.greeting())),
    interrupt: () => talk?.conversation.interrupt(),
    cancel: () => talk?.conversation.cancel(),

    /** Who answers from now on; what was said stays. */
    async choose(next: Persona): Promise<void> {
      partner.choose(next)
      await renewPartner()
    },

    /** Begins anew. */
    async clear(): Promise<void> {
      await end()
      kept.leave()
    },

    /** Goes on with a conversation that is kept, with whom it was, if the persona is still there. @throws SeamError */
    async open(id: string): Promise<void> {
      await end()
      const { persona } = await kept.open(id)
      const found = await partner.byId(persona.id).catch(() => undefined)
      if (found) partner.choose(found)
      await told(() => partner.partner())
    },

    /** What one side of a turn sounded like. */
    async soundOf(turn: KeptTurn, side: ConversationSide): Promise<SpokenSound | undefined> {
      const found = await kept.sound(turn.id, side).catch(() => undefined)
      // What the disk had no room for is in memory for a while.
      return found ?? (turn.id > before ? talk?.soundOf(turn, side) : undefined)
    },

    dismiss: () => (failure.value = undefined),
    calm: () => (echoes.value = false),
  }
})
