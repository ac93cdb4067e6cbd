import { useLocalStorage } from '@vueuse/core'
import { defineStore } from 'pinia'
import { computed } from 'vue'
import { ANY_LANGUAGE, languageCode } from '#engine/transcribe/whisper/languages.ts'
import { readContractId } from '#protocol/contracts.ts'
import { usePreferences } from '../../ui/preferences.ts'
import { useContracts } from '../contracts.ts'
import { useStudio } from '../studio.ts'

/** What transcribes, and the language that it expects. Kept in this browser, for all tabs. */
export const useChoice = defineStore('transcribe/choice', () => {
  const studio = useStudio()
  const preferences = usePreferences()
  const chosen = useLocalStorage('voxloom:transcriber', '')
  const spoken = useLocalStorage('voxloom:spoken-language', '')

  const contracts = useContracts()
  /** Those of plugins come and go with their lights. */
  const transcribers = computed(() => {
    void contracts.lights.value
    return studio.transcribers
  })
  const transcriber = computed(
    () => transcribers.value.find(({ info }) => info.id === chosen.value) ?? transcribers.value[0],
  )

  /** What the transcriber calls a language: one knows `en-us` and `en-gb`, another `en` alone. */
  function understood(lang: string): string | undefined {
    const { languages } = transcriber.value.info
    const code = languageCode(lang)
    return languages.find(each => each === lang) ?? languages.find(each => code && languageCode(each) === code)
  }

  /** What was chosen, else whichever is heard, else the language of the page, else what the transcriber knows first. */
  const lang = computed(() => {
    const wanted = [spoken.value, ANY_LANGUAGE, preferences.locale].map(understood)
    return wanted.find(found => found !== undefined) ?? transcriber.value.info.languages[0] ?? 'en-us'
  })

  /** The plugin that was chosen and is not there; it listens again when it is. */
  const missing = computed(() => {
    const plugin = readContractId(chosen.value)
    return plugin && transcriber.value.info.id !== chosen.value ? plugin.name : undefined
  })

  return {
    missing,
    transcribers,
    transcriber,
    lang,
    id: computed({ get: () => transcriber.value.info.id, set: id => (chosen.value = id) }),
    setLang: (next: string) => void (spoken.value = next),
    understood,
  }
})
