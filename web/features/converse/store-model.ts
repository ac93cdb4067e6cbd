import { defineStore } from 'pinia'
import { CATALOGUE } from '#engine/catalogue.ts'
import { useStudio } from '../studio.ts'
import { DETECTORS, hears, speaks, useWeights } from '../weights.ts'

/** Offers the weights that talking needs, fetches them, and then goes on with what was wanted. */
export const useConverseModel = defineStore('converse/model', () => {
  const { transcriber } = useStudio()
  const { offer, missing, onceHere } = useWeights()
  const speaking = CATALOGUE.filter(entry => entry.isDefault && speaks(entry))

  return {
    ...offer,
    /** Does `action`, or offers what it needs and does it once that is here. @throws SeamError */
    async onceReady(action: () => Promise<void>, { listening = true } = {}): Promise<void> {
      const needs = listening ? await missing([...speaking, ...hears(transcriber)], DETECTORS) : await missing(speaking)
      await onceHere(needs, action)
    },
  }
})
