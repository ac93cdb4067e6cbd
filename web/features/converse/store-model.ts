import { defineStore } from 'pinia'
import { CATALOGUE } from '#engine/catalogue.ts'
import type { VoiceBlend } from '#protocol/speech.ts'
import { useStudio } from '../studio.ts'
import { DETECTORS, hears, isPlugins, speaks, useWeights } from '../weights.ts'
import { useConversePartner } from './store-partner.ts'

interface Needs {
  readonly listening?: boolean
  readonly voice?: VoiceBlend
}

/** Offers the weights that talking needs, fetches them, and then goes on with what was wanted. */
export const useConverseModel = defineStore('converse/model', () => {
  const studio = useStudio()
  const partner = useConversePartner()
  const { offer, missing, onceHere } = useWeights()
  const own = CATALOGUE.filter(entry => entry.isDefault && speaks(entry))

  return {
    ...offer,
    /**
     * Does `action`, or offers what it needs and does it once that is here.
     * @param voice that speaks; the persona's when absent
     * @throws SeamError
     */
    async onceReady(action: () => Promise<void>, { listening = true, voice }: Needs = {}): Promise<void> {
      const speaking = isPlugins(voice ?? partner.persona.voice) ? [] : own
      const needs = listening
        ? await missing([...speaking, ...hears(studio.transcriber)], DETECTORS)
        : await missing(speaking)
      await onceHere(needs, action)
    },
  }
})
