import '../ui/theme.css'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import { init as bundledIcons } from 'virtual:nuxt-ui-icons'
import { addIcon } from '@iconify/vue'
import { studioKey } from '../features/studio.ts'
import { usePreferences } from '../ui/preferences.ts'
import App from './App.vue'
import { reportError } from './errors.ts'
import { i18n, setLocale } from './i18n.ts'
import { router } from './router.ts'
import { studioReady } from './studio-ready.ts'

bundledIcons(addIcon)

const app = createApp(App)
app.use(createPinia())
app.use(i18n)
app.config.errorHandler = reportError

// The shell paints as soon as its sentences are here; the studio's parts come while it is on the screen.
const studio = import('./composition.ts').then(({ createStudio }) => createStudio())
// Looked at below; until then a failure is nobody's.
studio.catch(() => undefined)
await setLocale(usePreferences().locale)
app.use(router)
app.mount('#app')

try {
  app.provide(studioKey, await studio)
  studioReady.value = true
} catch (error) {
  reportError(error)
}

const { startPwa } = await import('./pwa.ts')
startPwa()
