import { defineStore } from 'pinia'
import { CATALOGUE } from '#engine/catalogue.ts'
import { toSeamError } from '#protocol/errors.ts'
import type { Lang } from '#protocol/speech.ts'
import { createModelOffer, needOf, notHere, type Need } from '../../ui/model-offer.ts'
import { usePreferences } from '../../ui/preferences.ts'
import { useStudio } from '../studio.ts'

/** Tasks of the models that somebody who speaks can't do without. */
const SPEAKING: ReadonlySet<string> = new Set(['speech', 'g2p'])

/** Offers the weights that speaking needs, fetches them, and then goes on with what was wanted. */
export const useNarrateModel = defineStore('narrate/model', () => {
  const studio = useStudio()
  const preferences = usePreferences()
  const offering = createModelOffer(studio.models, () => studio.meter.persist())

  /**
   * @param also a model that somebody missed, though not everybody needs it
   * @param langs languages that are spoken
   */
  async function missing(also?: unknown, langs: ReadonlySet<Lang> = new Set()): Promise<readonly Need[]> {
    const companion = studio.companion.state === 'paired' || studio.companion.status !== undefined
    const needs = CATALOGUE.filter(
      ({ id, task, isDefault, languages }) =>
        id === also || (SPEAKING.has(task) && (isDefault || languages.some(lang => langs.has(lang)))),
    ).map(entry => needOf(entry, { companion, hub: preferences.hub }))
    // What the companion speaks with need not be here.
    const there = studio.speech.elsewhere === 'used' ? (studio.companion.status?.models ?? []) : []
    const has = (wanted: string) => there.some(({ id, complete }) => complete && id === wanted)
    return notHere(
      studio.models,
      needs.filter(({ entry }) => !has(entry.id)),
    )
  }

  /** Does `action`; when it finds no weights, offers them and does it once they are here. @throws SeamError */
  async function whenReady(action: () => Promise<void>): Promise<void> {
    try {
      await action()
    } catch (error) {
      const seen = toSeamError(error)
      if (seen.code !== 'not-found') throw error
      const needs = await missing(seen.details?.['model'])
      if (needs.length === 0) throw error
      await offering.ask(needs, action)
    }
  }

  /**
   * The same for work that is not to begin in vain: looks first.
   * @param langs of the text and its voices
   * @throws SeamError
   */
  async function onceReady(action: () => Promise<void>, langs: ReadonlySet<Lang>): Promise<void> {
    const needs = await missing(undefined, langs)
    if (needs.length > 0) await offering.ask(needs, action)
    else await action()
  }

  const { offer, progress, fetching, failure, accept, decline, cancel } = offering
  return { offer, progress, fetching, failure, whenReady, onceReady, accept, decline, cancel }
})
