import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { partnerOf } from '#dialogue/personas/partner.ts'
import { greetingsOf } from '#dialogue/personas/prompt/prompt.ts'
import { INCLUDED_PERSONAS } from '#dialogue/personas/included.ts'
import type { Partner } from '#dialogue/types.ts'
import type { LanguageModel, LanguageModelInfo } from '#protocol/language.ts'
import type { Persona } from '#protocol/personas.ts'
import { ECHO_ID } from '#engine/language/echo.ts'
import { chosenModel } from '../../engine/language/chosen.page.ts'
import { useStudio } from '../studio.ts'
import { readChoice, writeChoice } from './choices.ts'

/** Who answers: a persona, and the language model that it thinks with. */
export const useConversePartner = defineStore('converse/partner', () => {
  const studio = useStudio()
  const persona = shallowRef<Persona>(INCLUDED_PERSONAS[0]!)
  const answering = shallowRef<LanguageModelInfo>()
  /** What the persona calls the user; the room knows the language. */
  let user = 'User'

  const byId = async (id: string): Promise<Persona> =>
    INCLUDED_PERSONAS.find(each => each.id === id) ?? (await studio.personas.open(id))

  /** @throws SeamError when it can't be reached */
  async function languageModel(): Promise<LanguageModel> {
    const open = await studio.languages.open(persona.value.model ?? chosenModel.id ?? ECHO_ID)
    answering.value = open.info
    return open
  }

  return {
    persona: computed(() => persona.value),
    isEcho: computed(() => answering.value?.kind === 'echo'),
    /** @throws SeamError not-found */
    byId,

    /** The persona chosen last, unless somebody was chosen already. @throws SeamError */
    async begin(names: { user: string }): Promise<void> {
      user = names.user
      const wanted = readChoice('persona', undefined, persona.value.id)
      const found = await byId(wanted).catch(() => undefined)
      if (found) persona.value = found
      await languageModel()
    },

    choose(next: Persona): void {
      persona.value = next
      writeChoice('persona', next.id)
    },

    /** As the dialogue needs it. @throws SeamError */
    partner: async (): Promise<Partner> => partnerOf(persona.value, await languageModel(), studio.speech, user),

    greeting: (): string => greetingsOf(persona.value, { user })[0] ?? '',
  }
})
