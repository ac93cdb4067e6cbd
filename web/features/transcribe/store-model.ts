import { defineStore } from 'pinia'
import { CATALOGUE } from '#engine/catalogue.ts'
import { createModelOffer, needOf, notHere, type Need } from '../../ui/model-offer.ts'
import { usePreferences } from '../../ui/preferences.ts'
import { useStudio } from '../studio.ts'

/** Offers the weights that listening needs, fetches them, and then goes on with what was wanted. */
export const useListeningModel = defineStore('transcribe/model', () => {
  const studio = useStudio()
  const preferences = usePreferences()
  const offering = createModelOffer(studio.models, () => studio.meter.persist())

  /** What has to be here, and is not; with what makes it better, once something has to be fetched. */
  async function missing(): Promise<readonly Need[]> {
    const companion = studio.companion.state === 'paired' || studio.companion.status !== undefined
    const { id: wanted } = studio.transcriber.info
    const recogniser = CATALOGUE.find(({ id }) => id === wanted) ?? CATALOGUE.find(({ task }) => task === 'transcribe')
    const detectors = CATALOGUE.filter(({ task }) => task === 'vad')
    const reach = { companion, hub: preferences.hub }
    const needs = [
      ...(recogniser ? [needOf(recogniser, reach)] : []),
      ...detectors.map(entry => ({ ...needOf(entry, reach), optional: true })),
    ]
    const absent = await notHere(studio.models, needs)
    return absent.some(({ optional }) => !optional) ? absent : []
  }

  /** Does `action`, or offers what it needs and does it once that is here. @throws SeamError */
  async function onceReady(action: () => Promise<void>): Promise<void> {
    const needs = await missing()
    if (needs.length > 0) await offering.ask(needs, action)
    else await action()
  }

  const { offer, progress, fetching, failure, accept, decline, cancel } = offering
  return {
    offer,
    progress,
    fetching,
    failure,
    onceReady,
    isReady: async () => (await missing()).length === 0,
    accept,
    decline,
    cancel,
  }
})
