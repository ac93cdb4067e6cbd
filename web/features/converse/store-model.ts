import { defineStore } from 'pinia'
import { computed } from 'vue'
import { CATALOGUE } from '#engine/catalogue.ts'
import type { VoiceBlend } from '#protocol/speech.ts'
import { useStudio } from '../studio.ts'
import { DETECTORS, hears, isPlugins, speaks, useWeights } from '../weights.ts'
import { useConversePartner } from './store-partner.ts'

export interface TalkNeeds {
  readonly listening?: boolean
  readonly voice?: VoiceBlend
}

/** Offers the weights that talking needs, fetches them, and then goes on with what was wanted. */
export const useConverseModel = defineStore('converse/model', () => {
  const studio = useStudio()
  const partner = useConversePartner()
  const { offer, missing, onceHere } = useWeights()
  const own = CATALOGUE.filter(entry => entry.isDefault && speaks(entry))
  /** What speaks was found here: it is not looked for before every reply. */
  let isHere = false

  /** Whether this page can speak itself. @throws SeamError */
  async function hasOwn(): Promise<boolean> {
    isHere ||= (await missing(own)).length === 0
    return isHere
  }

  return {
    ...offer,
    /** Which part of talking the offer is for. */
    part: computed(() => {
      const needs = offer.offer.value?.needs ?? []
      if (needs.every(({ entry }) => speaks(entry))) return 'voice'
      return needs.some(({ entry }) => speaks(entry)) ? 'both' : 'ears'
    }),
    /** Whether a voice can be heard as things are, without anything to fetch. @throws SeamError */
    canSpeak: async (voice: VoiceBlend): Promise<boolean> => isPlugins(voice) || hasOwn(),
    hasOwn,
    /**
     * Does `action`, or offers what it needs and does it once that is here.
     * @param voice that speaks; the persona's when absent, and this page's own when empty
     * @throws SeamError
     */
    async onceReady(action: () => Promise<void>, { listening = true, voice }: TalkNeeds = {}): Promise<void> {
      const speaking = isPlugins(voice ?? partner.persona.voice) ? [] : own
      const needs = listening
        ? await missing([...speaking, ...hears(studio.transcriber)], DETECTORS)
        : await missing(speaking)
      await onceHere(needs, action)
    },
  }
})
