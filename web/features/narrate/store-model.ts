import { defineStore } from 'pinia'
import { CATALOGUE } from '#engine/catalogue.ts'
import { toSeamError } from '#protocol/errors.ts'
import type { Lang } from '#protocol/speech.ts'
import { speaks, useWeights } from '../weights.ts'

/** Offers the weights that speaking needs, fetches them, and then goes on with what was wanted. */
export const useNarrateModel = defineStore('narrate/model', () => {
  const { offer, missing, onceHere } = useWeights()

  /**
   * @param also a model that somebody missed, though not everybody needs it
   * @param langs languages that are spoken
   */
  const voices = (also?: unknown, langs: ReadonlySet<Lang> = new Set()) =>
    missing(
      CATALOGUE.filter(entry => {
        const wanted = entry.isDefault || entry.languages.some(lang => langs.has(lang))
        return entry.id === also || (speaks(entry) && wanted)
      }),
    )

  return {
    ...offer,

    /** Does `action`; when it finds no weights, offers them and does it once they are here. @throws SeamError */
    async whenReady(action: () => Promise<void>): Promise<void> {
      try {
        await action()
      } catch (error) {
        const seen = toSeamError(error)
        if (seen.code !== 'not-found') throw error
        const needs = await voices(seen.details?.['model'])
        if (needs.length === 0) throw error
        await onceHere(needs, action)
      }
    },

    /**
     * The same for work that is not to begin in vain: looks first.
     * @param langs of the text and its voices; none where nothing of it is spoken by this page
     * @throws SeamError
     */
    onceReady: async (action: () => Promise<void>, langs: ReadonlySet<Lang>) =>
      onceHere(langs.size === 0 ? [] : await voices(undefined, langs), action),
  }
})
