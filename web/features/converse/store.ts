import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import { greetingsOf } from '#dialogue/personas/prompt/prompt.ts'
import { INCLUDED_PERSONAS } from '#dialogue/personas/included.ts'
import type { DialogueEvent, DialogueState, EventsDropped, Turn } from '#protocol/dialogue.ts'
import { fromErrorData, toSeamError, type SeamError } from '#protocol/errors.ts'
import type { LanguageModel, LanguageModelInfo } from '#protocol/language.ts'
import type { Persona } from '#protocol/personas.ts'
import { ECHO_ID } from '#engine/language/echo.ts'
import type { MicrophoneTrouble } from '../../audio/capture/types.ts'
import { chosenModel } from '../../engine/language/chosen.page.ts'
import { useStudio } from '../studio.ts'
import { useConverseModel } from './store-model.ts'
import { partnerOf } from './partner.ts'
import { readChoice, writeChoice } from './choices.ts'
import { Talk } from './talk.ts'
import { TALK_MODES, type TalkMode } from './types.ts'

/** Milliseconds between two looks at the microphone's level. */
const LOOK_EVERY = 50

/** The conversation of this tab: who with, what goes on, and what was said. */
export const useConverse = defineStore('converse', () => {
  const studio = useStudio()
  const model = useConverseModel()

  const mode = ref<TalkMode>(readChoice('mode', TALK_MODES, 'hands-free'))
  const persona = shallowRef<Persona>(INCLUDED_PERSONAS[0]!)
  const answering = shallowRef<LanguageModelInfo>()
  const state = ref<DialogueState>('idle')
  const live = ref(false)
  const level = ref(0)
  const trouble = ref<MicrophoneTrouble>()
  const opening = ref(false)
  /** What is being said, and how much of it will stay. */
  const caption = shallowRef({ text: '', stable: 0 })
  /** The reply under way. */
  const reply = shallowRef({ text: '', heard: '' })
  const thinking = ref(0)
  const turns = shallowRef<readonly Turn[]>([])
  const echoes = ref(false)
  const failure = shallowRef<SeamError>()

  let talk: Talk | undefined
  let talking: Promise<Talk> | undefined
  let look: ReturnType<typeof setInterval> | undefined
  let unwatch: (() => void) | undefined
  /** Whether the talk key is down: the microphone may open only after it was let go again. */
  let held = false

  const isEcho = computed(() => answering.value?.kind === 'echo')

  async function languageModel(): Promise<LanguageModel> {
    const open = await studio.languages.open(persona.value.model ?? chosenModel.id ?? ECHO_ID)
    answering.value = open.info
    return open
  }

  const partner = async (user: string) => partnerOf(persona.value, await languageModel(), studio.speech, user)

  /** What the persona calls the user; the room knows the language. */
  let userName = 'User'

  const ensure = (): Promise<Talk> =>
    (talking ??= start().catch((error: unknown) => {
      talking = undefined
      throw error
    }))

  async function start(): Promise<Talk> {
    const player = await studio.talkPlayer()
    try {
      // Asked for while the click still counts as a gesture.
      await player.play()
      talk = await Talk.open({
        player,
        transcriber: studio.transcriber,
        partner: await partner(userName),
        mode: mode.value,
        onEvent,
      })
      return talk
    } catch (error) {
      await player.close()
      throw error
    }
  }

  function onEvent(event: DialogueEvent | EventsDropped): void {
    switch (event.type) {
      case 'StateChanged':
        state.value = event.state
        if (event.state === 'recording') failure.value = undefined
        break
      case 'RecordingStarted':
        caption.value = { text: '', stable: 0 }
        break
      case 'Transcription':
        caption.value = { text: event.text, stable: event.isFinal ? event.text.length : event.stable }
        break
      case 'Thinking':
        thinking.value = event.elapsed
        break
      case 'ReplyStarted':
        thinking.value = 0
        reply.value = { text: '', heard: '' }
        break
      case 'ReplyText':
        thinking.value = 0
        reply.value = { ...reply.value, text: reply.value.text + event.text }
        break
      case 'EchoSuspected':
        if (event.warn) echoes.value = true
        break
      case 'ReplyFailed':
      case 'DialogueFailed':
        failure.value = fromErrorData(event.error)
        break
      case 'TurnComplete':
        caption.value = { text: '', stable: 0 }
        reply.value = { text: '', heard: '' }
        turns.value = [...(talk?.conversation.turns ?? [])]
        break
    }
    live.value = talk?.microphone !== undefined
  }

  function observe(): void {
    const microphone = talk?.microphone
    if (!microphone) return
    unwatch?.()
    unwatch = microphone.watch(() => (trouble.value = microphone.trouble))
    trouble.value = microphone.trouble
    clearInterval(look)
    look = setInterval(() => {
      level.value = talk?.microphone?.level ?? 0
      live.value = talk?.microphone !== undefined
      const part = talk?.conversation.reply
      if (part && part.heard !== reply.value.heard) reply.value = { ...reply.value, heard: part.heard }
    }, LOOK_EVERY)
  }

  /** Opens the microphone; what is missing is offered first. */
  async function openMicrophone(): Promise<void> {
    if (live.value || opening.value) return
    opening.value = true
    failure.value = undefined
    try {
      await model.onceReady(async () => {
        const opened = await ensure()
        const microphone = await studio.microphone({
          echoCancellation: true,
          noiseSuppression: true,
          autoGain: true,
        })
        await opened.listenTo(microphone)
        live.value = true
        observe()
        // Made ready before the first word, not after it.
        await Promise.all([studio.transcriber.load(), studio.speech.load()])
      })
    } catch (error) {
      await closeMicrophone()
      failure.value = toSeamError(error)
    } finally {
      opening.value = false
    }
  }

  async function closeMicrophone(): Promise<void> {
    clearInterval(look)
    unwatch?.()
    level.value = 0
    trouble.value = undefined
    await talk?.closeMicrophone()
    live.value = false
  }

  /** The round button, or its key, goes down. */
  async function press(): Promise<void> {
    if (mode.value === 'hands-free') {
      if (state.value === 'synthesizing' || state.value === 'playing') return talk?.conversation.interrupt()
      return live.value ? closeMicrophone() : openMicrophone()
    }
    if (mode.value === 'toggle') {
      if (!live.value) await openMicrophone()
      if (live.value) talk?.conversation.toggleKey()
      return
    }
    held = true
    if (!live.value) await openMicrophone()
    if (held && live.value) talk?.conversation.pressKey()
  }

  function release(): void {
    held = false
    if (mode.value === 'hold') talk?.conversation.releaseKey()
  }

  async function withTalk(action: (talk: Talk) => void): Promise<void> {
    failure.value = undefined
    try {
      await model.onceReady(async () => action(await ensure()), { listening: false })
    } catch (error) {
      failure.value = toSeamError(error)
    }
  }

  const write = (text: string) => withTalk(({ conversation }) => conversation.write(text))

  const greet = () =>
    withTalk(({ conversation }) => {
      const [greeting = ''] = greetingsOf(persona.value, { user: userName })
      conversation.say(greeting)
    })

  const interrupt = () => talk?.conversation.interrupt()
  const cancel = () => talk?.conversation.cancel()

  /** Who answers from now on; what was said stays. */
  async function choose(next: Persona): Promise<void> {
    persona.value = next
    writeChoice('persona', next.id)
    await renewPartner()
  }

  async function renewPartner(): Promise<void> {
    try {
      const next = await partner(userName)
      if (talk) talk.partner = next
    } catch (error) {
      failure.value = toSeamError(error)
    }
  }

  /** @param names the user's name, in the user's language */
  async function begin(names: { user: string }): Promise<void> {
    userName = names.user
    const wanted = readChoice('persona', undefined, INCLUDED_PERSONAS[0]!.id)
    const found = await personaById(wanted).catch(() => undefined)
    if (found) persona.value = found
    await languageModel().catch(error => (failure.value = toSeamError(error)))
  }

  const personaById = async (id: string): Promise<Persona> =>
    INCLUDED_PERSONAS.find(each => each.id === id) ?? (await studio.personas.open(id))

  /** Ends the conversation and forgets what was said. */
  async function clear(): Promise<void> {
    await closeMicrophone()
    const old = talk
    talk = undefined
    talking = undefined
    turns.value = []
    caption.value = { text: '', stable: 0 }
    reply.value = { text: '', heard: '' }
    state.value = 'idle'
    echoes.value = false
    await old?.close()
  }

  watch(mode, next => {
    writeChoice('mode', next)
    if (talk) talk.mode = next
  })
  chosenModel.watch(() => void renewPartner())

  return {
    mode,
    persona: computed(() => persona.value),
    answering: computed(() => answering.value),
    isEcho,
    state: computed(() => state.value),
    live: computed(() => live.value),
    opening: computed(() => opening.value),
    level: computed(() => level.value),
    trouble: computed(() => trouble.value),
    caption: computed(() => caption.value),
    reply: computed(() => reply.value),
    thinking: computed(() => thinking.value),
    turns: computed(() => turns.value),
    echoes: computed(() => echoes.value),
    failure: computed(() => failure.value),
    begin,
    press,
    release,
    openMicrophone,
    closeMicrophone,
    write,
    greet,
    interrupt,
    cancel,
    choose,
    personaById,
    clear,
    dismiss: () => (failure.value = undefined),
    calm: () => (echoes.value = false),
    soundOf: (turn: Turn, side: 'user' | 'reply') => talk?.soundOf(turn, side),
  }
})
