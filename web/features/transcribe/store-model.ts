import { defineStore } from 'pinia'
import { DETECTORS, hears, useWeights } from '../weights.ts'
import { useChoice } from './store-choice.ts'

/** Offers the weights that listening needs, fetches them, and then goes on with what was wanted. */
export const useListeningModel = defineStore('transcribe/model', () => {
  const { offer, need, missing, onceHere } = useWeights()
  const choice = useChoice()
  const needs = () => missing(hears(choice.transcriber), DETECTORS)

  return {
    ...offer,
    need,
    isReady: async () => (await needs()).length === 0,
    /** Does `action`, or offers what it needs and does it once that is here. @throws SeamError */
    onceReady: async (action: () => Promise<void>) => onceHere(await needs(), action),
  }
})
