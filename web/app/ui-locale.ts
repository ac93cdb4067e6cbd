import en from '@nuxt/ui/runtime/locale/en.js'
import { shallowRef, watch, type ShallowRef } from 'vue'
import { usePreferences, type Locale } from '../ui/preferences.ts'
import { setLocale } from './i18n.ts'

type UiLocale = typeof en

const others: Record<Exclude<Locale, 'en'>, () => Promise<{ default: UiLocale }>> = {
  de: () => import('@nuxt/ui/runtime/locale/de.js'),
}

/** The component library's own words in the user's language, and the page's with them. */
export function useUiLocale(): Readonly<ShallowRef<UiLocale>> {
  const preferences = usePreferences()
  const current = shallowRef(en)
  watch(
    () => preferences.locale,
    async locale => {
      await setLocale(locale)
      const next = locale === 'en' ? en : (await others[locale]()).default
      if (preferences.locale === locale) current.value = next
    },
    { immediate: true },
  )
  return current
}
