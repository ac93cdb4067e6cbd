import { useLocalStorage } from '@vueuse/core'
import { defineStore } from 'pinia'
import { computed } from 'vue'
import { usePreferences } from '../../ui/preferences.ts'
import { useStudio } from '../studio.ts'

/** What transcribes, and the language that it expects. Kept in this browser, for all tabs. */
export const useChoice = defineStore('transcribe/choice', () => {
  const studio = useStudio()
  const preferences = usePreferences()
  const chosen = useLocalStorage('voxloom:transcriber', '')
  const spoken = useLocalStorage('voxloom:spoken-language', '')

  const transcriber = computed(
    () => studio.transcribers.find(({ info }) => info.id === chosen.value) ?? studio.transcribers[0],
  )
  const understands = (lang: string) => transcriber.value.info.languages.includes(lang)
  /** What was chosen, else the language of the page, else the transcriber's first: what it does not know it can't hear. */
  const lang = computed(
    () => [spoken.value, preferences.lang].find(understands) ?? transcriber.value.info.languages[0] ?? 'en-us',
  )

  return {
    transcriber,
    lang,
    id: computed({ get: () => transcriber.value.info.id, set: id => (chosen.value = id) }),
    setLang: (next: string) => void (spoken.value = next),
    understands,
  }
})
