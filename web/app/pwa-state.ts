import { shallowReactive } from 'vue'

/** The prompt that Chromium hands us so that we may show it when it suits. */
export interface InstallPrompt extends Event {
  prompt(): Promise<unknown>
  readonly userChoice: Promise<{ readonly outcome: 'accepted' | 'dismissed' }>
}

/** Installing and updating, as the shell shows them; pwa.ts fills it in. */
export const pwa = shallowReactive({
  /** A newer build has been fetched and waits. */
  updateReady: false,
  /** Everything needed to start without a network is kept. */
  offlineReady: false,
  /** There while the browser would install the app. */
  installPrompt: undefined as InstallPrompt | undefined,
  update: () => {},
  postpone() {
    pwa.updateReady = false
  },
  async install() {
    const prompt = pwa.installPrompt
    if (!prompt) return
    await prompt.prompt()
    if ((await prompt.userChoice).outcome === 'accepted') pwa.installPrompt = undefined
  },
})
