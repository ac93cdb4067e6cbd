import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { partnerOf } from '#dialogue/personas/partner.ts'
import { greetingsOf } from '#dialogue/personas/prompt/prompt.ts'
import { INCLUDED_PERSONAS } from '#dialogue/personas/included.ts'
import type { Partner } from '#dialogue/types.ts'
import type { LanguageModel, LanguageModelInfo } from '#protocol/language.ts'
import type { Persona } from '#protocol/personas.ts'
import type { SpeechEngine } from '#protocol/speech.ts'
import { ECHO_ID } from '#engine/language/echo.ts'
import { chosenModel } from '../../engine/language/chosen.page.ts'
import { useStudio } from '../studio.ts'
import { readChoice, writeChoice } from './choices.ts'

/** Who answers: a persona, and the language model that it thinks with. */
export const useConversePartner = defineStore('converse/partner', () => {
  const studio = useStudio()
  const persona = shallowRef<Persona>(INCLUDED_PERSONAS[0]!)
  const answering = shallowRef<LanguageModelInfo>()
  /** What answers in place of the persona's model, until another persona or model is chosen. */
  let instead: string | undefined
  chosenModel.watch(() => (instead = undefined))
  /** What the persona calls the user; the room knows the language. */
  let user = 'User'
  /** Counts what was looked for: a model that is found late is not the one that answers. */
  let looked = 0
  /** Whether somebody was chosen in this tab: what another one chooses is for those that come. */
  let isChosen = false
  /** Who each of those is that were asked for. */
  const personas = new WeakMap<Partner, Persona>()

  const byId = async (id: string): Promise<Persona> =>
    INCLUDED_PERSONAS.find(each => each.id === id) ?? (await studio.personas.open(id))

  /** @throws SeamError when it can't be reached */
  async function languageModel(): Promise<LanguageModel> {
    const mine = ++looked
    const open = await studio.languages.open(instead ?? persona.value.model ?? chosenModel.id ?? ECHO_ID)
    if (mine === looked) answering.value = open.info
    return open
  }

  return {
    persona: computed(() => persona.value),
    /** The model that answers now. */
    model: computed(() => answering.value),
    isEcho: computed(() => answering.value?.kind === 'echo'),
    /** @throws SeamError not-found */
    byId,

    /** The persona chosen last, or the one that was chosen already as it is now: it may have been edited. */
    async begin(names: { user: string }): Promise<void> {
      user = names.user
      const before = persona.value
      const found = await byId(isChosen ? before.id : readChoice('persona', undefined, before.id)).catch(
        () => undefined,
      )
      // Somebody was chosen meanwhile.
      if (persona.value !== before) return
      if (found) persona.value = found
      isChosen = true
    },

    choose(next: Persona): void {
      persona.value = next
      instead = undefined
      isChosen = true
      writeChoice('persona', next.id)
    },

    /** Another model answers from the next partner on. */
    answerWith: (id: string) => void (instead = id),

    /** As the dialogue needs it, speaking by `speech`. @throws SeamError */
    async partner(speech: SpeechEngine): Promise<Partner> {
      const { value } = persona
      const made = partnerOf(value, await languageModel(), speech, user)
      personas.set(made, value)
      return made
    },
    /** Who a partner is: somebody else may be chosen by now. */
    personaOf: (partner: Partner): Persona => personas.get(partner) ?? persona.value,

    greeting: (): string => greetingsOf(persona.value, { user })[0] ?? '',
  }
})
