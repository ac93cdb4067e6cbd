import { defineStore } from 'pinia'
import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import { readContractVoice } from '#protocol/contracts.ts'
import { toSeamError } from '#protocol/errors.ts'
import type { Lang, LexiconEntry, Voice, VoiceBlend } from '#protocol/speech.ts'
import { useStudio } from '../studio.ts'
import { createPreview } from './preview.ts'
import { useNarrateModel } from './store-model.ts'

const FAVOURITES = 'voxloom.narrate.favourites'

function readFavourites(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(FAVOURITES) ?? '[]')
    return Array.isArray(kept) ? kept.filter(id => typeof id === 'string') : []
  } catch {
    return []
  }
}

/** The voices there are, which ones are liked, and a taste of each. */
export const useNarrateVoices = defineStore('narrate/voices', () => {
  const studio = useStudio()
  const model = useNarrateModel()
  const preview = createPreview(studio)

  const list = shallowRef<readonly Voice[]>([])
  const favourites = shallowRef<ReadonlySet<string>>(new Set(readFavourites()))
  /** The blend that is being previewed, as `blendKey` writes it. */
  const tasting = ref<string>()
  const loadingTaste = ref(false)

  const byId = computed(() => new Map(list.value.map(voice => [voice.id, voice])))

  let unwatch: (() => void) | undefined
  onScopeDispose(() => unwatch?.())

  async function load() {
    if (list.value.length === 0) list.value = await studio.speech.voices()
    unwatch ??= studio.speech.watch(() => void follow())
  }

  /** Plugins come and go, and with them their voices. */
  async function follow() {
    const now = await studio.speech.voices()
    if (JSON.stringify(now) !== JSON.stringify(list.value)) list.value = now
  }

  /** A voice whose plugin is not there is called as its plugin calls it. */
  function nameOf(id: string): string {
    const plugins = readContractVoice(id)
    return byId.value.get(id)?.name ?? (plugins ? `${plugins.voice} (${plugins.name})` : id)
  }

  function langOf(voice: VoiceBlend): Lang | undefined {
    const heaviest = voice.reduce<VoiceBlend[number] | undefined>(
      (best, part) => (best && best.weight >= part.weight ? best : part),
      undefined,
    )
    return heaviest && byId.value.get(heaviest.id)?.lang
  }

  function toggleFavourite(id: string) {
    const next = new Set(favourites.value)
    if (!next.delete(id)) next.add(id)
    favourites.value = next
    try {
      localStorage.setItem(FAVOURITES, JSON.stringify([...next]))
    } catch {
      // a private window: the choice lasts until the tab closes
    }
  }

  function stopTaste() {
    preview.stop()
    tasting.value = undefined
    loadingTaste.value = false
  }

  /** Speaks a short sample. @throws SeamError when it can't; missing weights are offered instead */
  async function taste(
    voice: VoiceBlend,
    sample: { text: string; speed?: number; key?: string },
    lexicon: readonly LexiconEntry[] = [],
  ) {
    const key = sample.key ?? blendKey(voice)
    const again = tasting.value === key
    stopTaste()
    if (again) return
    await model.whenReady(async () => {
      tasting.value = key
      loadingTaste.value = true
      try {
        await preview.play(
          { voice, text: sample.text, speed: sample.speed ?? 1, lang: langOf(voice) ?? 'en-us', lexicon },
          () => (loadingTaste.value = false),
        )
      } catch (cause) {
        if (toSeamError(cause).code !== 'cancelled') throw cause
      } finally {
        if (tasting.value === key) stopTaste()
      }
    })
  }

  return {
    list: computed(() => list.value),
    byId,
    favourites: computed(() => favourites.value),
    tasting: computed(() => tasting.value),
    loadingTaste: computed(() => loadingTaste.value),
    load,
    nameOf,
    langOf,
    toggleFavourite,
    taste,
    stopTaste,
  }
})

/** A name for a blend that is the same however its weights were written. */
export function blendKey(voice: VoiceBlend): string {
  const total = voice.reduce((sum, { weight }) => sum + weight, 0)
  return voice
    .map(({ id, weight }) => `${id}:${Math.round((weight / total) * 100)}`)
    .sort()
    .join(' ')
}

/** "Heart" or "Heart 60 %, Adam 40 %", for people. */
export function blendName(voice: VoiceBlend, nameOf: (id: string) => string): string {
  const total = voice.reduce((sum, { weight }) => sum + weight, 0)
  if (voice.length === 1) return nameOf(voice[0]!.id)
  return voice.map(({ id, weight }) => `${nameOf(id)} ${Math.round((weight / total) * 100)}%`).join(' + ')
}
