import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'
import { readContractId } from '#protocol/contracts.ts'
import { toSeamError } from '#protocol/errors.ts'
import type { Persona } from '#protocol/personas.ts'
import { chosenModel } from '../../engine/language/chosen.page.ts'
import { chosenListener } from '../../engine/transcribe/chosen.page.ts'
import type { ConversationSide, KeptTurn, SpokenSound } from '../../storage/conversations-types.ts'
import { useStudio } from '../studio.ts'
import { readChoice, writeChoice } from './choices.ts'
import { createCurrentTalk } from './current-talk.ts'
import { useKeptTalk } from './store-kept.ts'
import { useConverseModel, type TalkNeeds } from './store-model.ts'
import { useConversePartner } from './store-partner.ts'
import { Talk } from './talk.ts'
import { createTalkView } from './talk-view.ts'
import { TALK_MODES, type TalkMode } from './types.ts'
import { createUnspoken, nobodyWentOn } from './unspoken.ts'

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

  const unspoken = createUnspoken(failure)
  const { speech } = unspoken
  watch(failure, now => {
    // What became of a microphone is another matter.
    if (now?.details['part'] !== 'hearing' || now.details['reason'] !== undefined) return
    nobodyWentOn(studio.contracts, 'hearing', readContractId(chosenListener.id ?? '')?.name)
  })

  /** What the last turn was to answer, and did not. */
  const unanswered = computed(() => {
    const last = kept.turns.at(-1)
    const isOver = state.value === 'idle' && failure.value?.details['part'] === 'answer'
    return isOver && last?.outcome === 'failed' ? last.user?.text : undefined
  })

  /** The last turn of what was said before this talk. */
  let before = 0
  /** The conversation that will be shown, once it is read. */
  let opening: { readonly id: string } | undefined
  /** Counts who was asked for as partner: an answer that comes late is dropped. */
  let renewals = 0

  const talks = createCurrentTalk(start, kept.settled)

  async function start(ready: Promise<unknown>): Promise<Talk> {
    const player = await studio.talkPlayer()
    try {
      // Asked for while the click still counts as a gesture.
      await player.play()
      await ready
      const keeper = kept.current(partner.persona)
      const earlier = keeper.conversation.turns
      before = earlier.at(-1)?.id ?? 0
      const begun = await Talk.open({
        player,
        transcriber: studio.transcriber,
        partner: await partner.partner(speech),
        mode: mode.value,
        earlier,
        onEvent: (event, by) => {
          // Also of a talk that the user has left: what was heard of its last reply belongs to it.
          if (event.type === 'TurnComplete')
            kept.add(keeper, event.result, partner.personaOf(by), begun.soundsOf(event.result))
          if (begun === talks.now) show(event)
        },
      })
      return begun
    } catch (error) {
      await player.close()
      throw error
    }
  }

  watch(state, (now, _, onCleanup) => {
    if (now !== 'playing') return
    const look = setInterval(() => {
      const heard = talks.now?.conversation.reply?.heard
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
  const whenReady = (work: () => Promise<unknown>, needs?: TalkNeeds) =>
    told(() => model.onceReady(() => told(work), needs))

  async function withTalk(action: (talk: Talk) => void): Promise<void> {
    const begun = await talks.ensure()
    // It was meant for a conversation that was left meanwhile.
    if (begun && begun === talks.now) action(begun)
  }

  /** Needs no weights at all: what can't be spoken is read. */
  const write = (text: string, taken = () => {}) =>
    told(() =>
      withTalk(({ conversation }) => {
        conversation.write(text)
        taken()
      }),
    )

  const renewPartner = () =>
    told(async () => {
      const mine = ++renewals
      const next = await partner.partner(speech)
      await talks.withBegun(talk => {
        if (mine === renewals) talk.partner = next
      })
    })
  chosenModel.watch(() => void renewPartner())

  watch(
    mode,
    next => {
      writeChoice('mode', next)
      void talks.withBegun(talk => (talk.mode = next))
    },
    // A press may follow at once.
    { flush: 'sync' },
  )

  /** Ends the talk, and shows another conversation; what was said stays kept. */
  function leave(next: () => unknown): Promise<void> {
    const left = talks.leave(next)
    clear()
    unspoken.calm()
    return left
  }

  return {
    mode,
    state: computed(() => state.value),
    caption: computed(() => caption.value),
    reply: computed(() => reply.value),
    thinking: computed(() => thinking.value),
    echoes: computed(() => echoes.value),
    failure: computed(() => failure.value),
    /** The reply under way, or the last, is only to be read. */
    silent: unspoken.silent,
    voiceless: unspoken.voiceless,
    unanswered,
    ensure: talks.ensure,
    talk: () => talks.now,
    whenReady,

    /** Somebody comes into the room. @param names the user's name, in the user's language */
    async begin(names: { user: string }): Promise<void> {
      await partner.begin(names)
      await renewPartner()
    },
    /** @param taken called when it is said: until then whoever wrote it keeps it */
    write,
    /** Asks once more what was not answered. */
    again: () => (unanswered.value === undefined ? undefined : write(unanswered.value)),
    greet: () =>
      whenReady(() => withTalk(({ conversation }) => conversation.say(partner.greeting())), { listening: false }),
    /** Offers what this page speaks with, also in place of a plugin; the next reply is spoken. */
    getVoice: () => whenReady(async () => void unspoken.calm(), { listening: false, voice: [] }),
    interrupt: () => talks.now?.conversation.interrupt(),
    cancel: () => talks.now?.conversation.cancel(),

    /** Who answers from now on; what was said stays. */
    async choose(next: Persona): Promise<void> {
      partner.choose(next)
      await renewPartner()
    },

    /** Another model answers from now on, in this talk. */
    async answerWith(id: string): Promise<void> {
      partner.answerWith(id)
      await renewPartner()
    },

    /** Begins anew. */
    clear(): Promise<void> {
      opening = undefined
      return leave(kept.leave)
    },

    /**
     * Goes on with a conversation that is kept, with whom it was, if the persona is still there; of several that are asked
     * for, with the last. @throws SeamError not-found
     */
    async open(id: string): Promise<void> {
      if (id === (opening?.id ?? kept.id)) return
      const mine = (opening = { id })
      const isWanted = () => opening === mine
      try {
        await leave(async () => {
          const opened = isWanted() ? await kept.open(id, isWanted) : undefined
          const found = opened && (await partner.byId(opened.persona.id).catch(() => undefined))
          if (found && isWanted()) partner.choose(found)
        })
      } catch (error) {
        if (isWanted()) throw error
      } finally {
        if (isWanted()) opening = undefined
      }
      await renewPartner()
    },

    /** What one side of a turn sounded like. */
    async soundOf(turn: KeptTurn, side: ConversationSide): Promise<SpokenSound | undefined> {
      const found = await kept.sound(turn.id, side).catch(() => undefined)
      // What the disk had no room for is in memory for a while.
      return found ?? (turn.id > before ? talks.now?.soundOf(turn, side) : undefined)
    },

    dismiss: () => (failure.value = undefined),
    calm: () => (echoes.value = false),
    /** The silence was seen. */
    readOn: unspoken.calm,
  }
})
