import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import type { MicrophoneTrouble } from '../../audio/capture/types.ts'
import { useStudio } from '../studio.ts'
import { useConverse } from './store.ts'
import type { Talk } from './talk.ts'

/** Milliseconds between two looks at the microphone's level. */
const LOOK_EVERY = 50

/** Who has the floor: the microphone, and the round button that opens it or takes the turn. */
export const useFloor = defineStore('converse/floor', () => {
  const studio = useStudio()
  const converse = useConverse()

  const live = ref(false)
  const level = ref(0)
  const trouble = ref<MicrophoneTrouble>()
  const opening = ref(false)
  let end: (() => void) | undefined
  /** Whether the talk key is down: the microphone may open only after it was let go again. */
  let held = false

  /** Shows what `talk` hears, until its microphone is gone. */
  function observe(talk: Talk): void {
    end?.()
    const { microphone } = talk
    if (!microphone) return
    live.value = true
    trouble.value = microphone.trouble
    const unwatch = microphone.watch(() => (trouble.value = microphone.trouble))
    const look = setInterval(() => {
      if (talk.microphone === microphone) level.value = microphone.level
      else end?.()
    }, LOOK_EVERY)
    end = () => {
      end = undefined
      unwatch()
      clearInterval(look)
      live.value = false
      level.value = 0
      trouble.value = undefined
    }
  }

  /** Opens the microphone; what is missing is offered first. */
  const openMicrophone = () => converse.whenReady(listen)

  async function listen(): Promise<void> {
    if (live.value || opening.value) return
    opening.value = true
    try {
      const talk = await converse.ensure()
      try {
        const wish = { echoCancellation: true, noiseSuppression: true, autoGain: true }
        await talk.listenTo(await studio.microphone(wish))
        observe(talk)
        // Made ready before the first word, not after it.
        await Promise.all([studio.transcriber.load(), studio.speech.load()])
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
    const conversation = () => converse.talk()?.conversation
    if (converse.mode === 'hands-free') {
      if (converse.state === 'synthesizing' || converse.state === 'playing') return conversation()?.interrupt()
      return live.value ? closeMicrophone() : openMicrophone()
    }
    if (converse.mode === 'toggle') {
      if (!live.value) await openMicrophone()
      if (live.value) conversation()?.toggleKey()
      return
    }
    held = true
    if (!live.value) await openMicrophone()
    if (held && live.value) conversation()?.pressKey()
  }

  function release(): void {
    held = false
    if (converse.mode === 'hold') converse.talk()?.conversation.releaseKey()
  }

  return {
    live: computed(() => live.value),
    opening: computed(() => opening.value),
    level: computed(() => level.value),
    trouble: computed(() => trouble.value),
    press,
    release,
  }
})
