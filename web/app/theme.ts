import { usePreferredDark } from '@vueuse/core'
import { watchEffect } from 'vue'
import { usePreferences } from '../ui/preferences.ts'

/** Keeps the document in the theme that was chosen; public/theme.js did so for the first paint. */
export function useTheme(): void {
  const preferences = usePreferences()
  const systemDark = usePreferredDark()
  watchEffect(() => {
    const dark = preferences.theme === 'dark' || (preferences.theme === 'system' && systemDark.value)
    document.documentElement.classList.toggle('dark', dark)
  })
}
