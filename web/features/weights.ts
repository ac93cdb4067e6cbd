import { CATALOGUE } from '#engine/catalogue.ts'
import { readContractId, readContractVoice } from '#protocol/contracts.ts'
import type { ModelEntry } from '#protocol/models.ts'
import type { VoiceBlend } from '#protocol/speech.ts'
import type { Transcriber } from '#protocol/transcribe.ts'
import { detectDevice, suits } from '../engine/device.page.ts'
import { createModelOffer, needOf, notHere, type Need } from '../ui/model-offer.ts'
import { usePreferences } from '../ui/preferences.ts'
import { useStudio } from './studio.ts'

/** Tasks of the models that somebody who speaks can't do without. */
const SPEAKING: ReadonlySet<string> = new Set(['speech', 'g2p'])

export const speaks = ({ task }: ModelEntry): boolean => SPEAKING.has(task)

/** Whether a voice needs no weights here: a plugin of the companion has its own. */
export const isPlugins = (voice: VoiceBlend): boolean => readContractVoice(voice[0]?.id ?? '') !== undefined

/** The model that a transcriber hears with; none of this page's where it is a plugin. */
export function hears({ info: { id } }: Transcriber): readonly ModelEntry[] {
  if (readContractId(id)) return []
  const all = CATALOGUE.filter(({ task }) => task === 'transcribe')
  return [all.find(entry => entry.id === id) ?? all[0]].filter(entry => entry !== undefined)
}

/** What helps to hear, and can be done without: it tells speech from silence. */
export const DETECTORS = CATALOGUE.filter(({ task }) => task === 'vad')

/** Looks for the weights that work needs, and offers those that are not here. For a store's setup. */
export function useWeights() {
  const studio = useStudio()
  const preferences = usePreferences()
  const offering = createModelOffer(studio.models, () => studio.meter.persist())

  async function need(entry: ModelEntry): Promise<Need> {
    const companion = studio.companion.state === 'paired' || studio.companion.status !== undefined
    const device = await detectDevice()
    return needOf(entry, { companion, hub: preferences.hub }, variant => suits(variant, device))
  }

  /** What the companion speaks with need not be here. */
  function spokenElsewhere({ id }: ModelEntry): boolean {
    const there = studio.speech.elsewhere === 'used' ? (studio.companion.status?.models ?? []) : []
    return there.some(model => model.id === id && model.complete)
  }

  /**
   * Of `entries`, what is not here; with what would make it better of `better`, once something has to be fetched.
   */
  async function missing(entries: readonly ModelEntry[], better: readonly ModelEntry[] = []): Promise<readonly Need[]> {
    const needs = await Promise.all([
      ...entries.filter(entry => !speaks(entry) || !spokenElsewhere(entry)).map(need),
      ...better.map(async entry => ({ ...(await need(entry)), optional: true })),
    ])
    const absent = await notHere(studio.models, needs)
    return absent.some(({ optional }) => !optional) ? absent : []
  }

  /** Does `action`; where `needs` are missing, offers them and does it once they are here. @throws SeamError */
  async function onceHere(needs: readonly Need[], action: () => Promise<void>): Promise<void> {
    if (needs.length > 0) await offering.ask(needs, action)
    else await action()
  }

  const { ask: _, ...offer } = offering
  return { offer, need, missing, onceHere }
}
