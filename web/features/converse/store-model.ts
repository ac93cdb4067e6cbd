import { defineStore } from 'pinia'
import { CATALOGUE } from '#engine/catalogue.ts'
import { createModelOffer, needOf, notHere, type Need } from '../../ui/model-offer.ts'
import { usePreferences } from '../../ui/preferences.ts'
import { useStudio } from '../studio.ts'

/** Offers the weights that talking needs, fetches them, and then goes on with what was wanted. */
export const useConverseModel = defineStore('converse/model', () => {
  const studio = useStudio()
  const preferences = usePreferences()
  const offering = createModelOffer(studio.models, () => studio.meter.persist())

  async function missing(listening: boolean): Promise<readonly Need[]> {
    const companion = studio.companion.state === 'paired' || studio.companion.status !== undefined
    const reach = { companion, hub: preferences.hub }
    const speaking = CATALOGUE.filter(({ task, isDefault }) => isDefault && (task === 'speech' || task === 'g2p'))
    const there = studio.speech.elsewhere === 'used' ? (studio.companion.status?.models ?? []) : []
    const hearing = CATALOGUE.filter(({ id }) => id === studio.transcriber.info.id)
    const detecting = CATALOGUE.filter(({ task }) => task === 'vad')
    const needs = [
      ...speaking
        .filter(({ id }) => !there.some(model => model.id === id && model.complete))
        .map(entry => needOf(entry, reach)),
      ...(listening ? hearing.map(entry => needOf(entry, reach)) : []),
      ...(listening ? detecting.map(entry => ({ ...needOf(entry, reach), optional: true })) : []),
    ]
    const absent = await notHere(studio.models, needs)
    return absent.some(({ optional }) => !optional) ? absent : []
  }

  /** Does `action`, or offers what it needs and does it once that is here. @throws SeamError */
  async function onceReady(action: () => Promise<void>, { listening = true } = {}): Promise<void> {
    const needs = await missing(listening)
    if (needs.length > 0) await offering.ask(needs, action)
    else await action()
  }

  const { offer, progress, fetching, failure, accept, decline, cancel } = offering
  return { offer, progress, fetching, failure, onceReady, accept, decline, cancel }
})
