import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'
import type { MicrophoneTrouble } from '../../audio/capture/types.ts'
import { useOpenMicrophone } from '../../ui/open-microphone.ts'
import { useTransport } from '../../ui/transport.ts'
import { useStudio } from '../studio.ts'
import { isPlugins } from '../weights.ts'
import { TALK_PATH } from './place.ts'
import { useConversePartner } from './store-partner.ts'
import { useConverse } from './store.ts'
import type { Talk } from './talk.ts'

/** Milliseconds between two looks at the microphone's level. */
const LOOK_EVERY = 50

/** Who has the floor: the microphone, and the round button that opens it or takes the turn. */
export const useFloor = defineStore('converse/floor', () => {
  const studio = useStudio()
  const converse = useConverse()
  const partner = useConversePartner()
  const transport = useTransport()
  const shell = useOpenMicrophone()

  const live = ref(false)
  const level = ref(0)
  const trouble = ref<MicrophoneTrouble>()
  const opening = ref(false)
  let end: (() => void) | undefined
  /** Whether the talk key is down: the microphone may open only after it was let go again. */
  let held = false
  /** A press opens the microphone: others have nothing to do until it is open. */
  let opens = false

  /** Shows what `talk` hears, until its microphone is gone. */
  function observe(talk: Talk): void {
    end?.()
    const { microphone } = talk
    if (!microphone) return
    live.value = true
    trouble.value = microphone.trouble
    const unwatch = microphone.watch(() => (trouble.value = microphone.trouble))
    const hide = shell.show({ path: TALK_PATH, close: closeMicrophone })
    const look = setInterval(() => {
      if (talk.microphone === microphone) level.value = microphone.level
      else end?.()
    }, LOOK_EVERY)
    end = () => {
      end = undefined
      unwatch()
      hide()
      clearInterval(look)
      live.value = false
      level.value = 0
      trouble.value = undefined
    }
  }

  /** Opens the microphone; what is missing is offered first. @param taken called as soon as it listens */
  const openMicrophone = (taken: () => void) => converse.whenReady(() => listen(taken))

  async function listen(taken: () => void): Promise<void> {
    if (live.value || opening.value) return
    opening.value = true
    try {
      const talk = await converse.ensure()
      const isLeft = () => converse.talk() !== talk
      if (!talk || isLeft()) return
      try {
        // What another room plays would be taken for the user.
        transport.pause()
        const wish = { echoCancellation: true, noiseSuppression: true, autoGain: true }
        await talk.listenTo(await studio.microphone(wish))
        if (isLeft()) return
        observe(talk)
        taken()
        // Made ready before the first word, not after it. What is said meanwhile waits for it.
        await Promise.all([
          studio.transcriber.load(),
          isPlugins(partner.persona.voice) ? undefined : studio.speech.load(),
        ])
      } catch (error) {
        await talk.closeMicrophone()
        end?.()
        throw error
      }
    } finally {
      opening.value = false
    }
  }

  async function closeMicrophone(): Promise<void> {
    end?.()
    await converse.talk()?.closeMicrophone()
  }

  /** The round button, or its key, goes down. */
  async function press(): Promise<void> {
    const { mode, state } = converse
    const conversation = () => converse.talk()?.conversation
    if (mode === 'hands-free' && (state === 'synthesizing' || state === 'playing')) return conversation()?.interrupt()
    if (mode === 'hold') held = true
    else if (opens) return
    const take = () => {
      opens = false
      // Somebody may have chosen another way to take the floor while it opened.
      if (converse.mode !== mode) return
      if (mode === 'toggle') conversation()?.toggleKey()
      if (mode === 'hold' && held) conversation()?.pressKey()
    }
    if (live.value) return mode === 'hands-free' ? closeMicrophone() : take()
    opens = true
    await openMicrophone(take).finally(() => (opens = false))
  }

  /** It goes up again: that ends what was said while it was held. */
  function release(): void {
    if (!held) return
    held = false
    converse.talk()?.conversation.releaseKey()
  }
  // Whoever changes the way to take the floor has let go; the talk knows.
  watch(
    () => converse.mode,
    () => (held = false),
    { flush: 'sync' },
  )

  return {
    live: computed(() => live.value),
    opening: computed(() => opening.value),
    level: computed(() => level.value),
    trouble: computed(() => trouble.value),
    press,
    release,
  }
})
