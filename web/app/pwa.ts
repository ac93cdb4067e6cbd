import { Workbox } from 'workbox-window'
import { useIncoming } from '../ui/incoming.ts'
import { pwa, type InstallPrompt } from './pwa-state.ts'

/** Milliseconds between two looks for a newer build while the page stays open. */
const LOOK_EVERY = 60 * 60 * 1000

interface LaunchParams {
  readonly files: readonly { getFile(): Promise<File> }[]
}

/** Registers the service worker, and listens for install prompts and for files opened with the app. */
export function startPwa(): void {
  addEventListener('beforeinstallprompt', event => {
    event.preventDefault()
    pwa.installPrompt = event as InstallPrompt
  })
  addEventListener('appinstalled', () => (pwa.installPrompt = undefined))

  const incoming = useIncoming()
  const queue = (window as { launchQueue?: { setConsumer(take: (launch: LaunchParams) => unknown): void } }).launchQueue
  queue?.setConsumer(async ({ files }) => {
    const opened = await Promise.all(files.map(file => file.getFile()))
    incoming.put({ title: '', text: '', files: opened })
  })

  if (!('serviceWorker' in navigator) || import.meta.env.DEV) return
  const workbox = new Workbox('/service-worker.worker.js', { scope: '/' })
  pwa.update = () => workbox.messageSkipWaiting()
  workbox.addEventListener('waiting', () => (pwa.updateReady = true))
  // The first worker of all takes over quietly; a newer one means that the page's code is old. (Workbox's own `isUpdate`
  // knows only whether there was one when the page was opened, and a page of the first visit may stay open all day.)
  let controlled = navigator.serviceWorker.controller !== null
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    if (controlled) location.reload()
    controlled = true
  })
  workbox.addEventListener('activated', event => {
    if (!event.isUpdate) pwa.offlineReady = true
  })
  // A browser may refuse service workers (private windows, policies): the page then works as long as it is online.
  workbox.register().then(
    registration => {
      if (!registration) return
      setInterval(() => document.visibilityState === 'visible' && void registration.update(), LOOK_EVERY)
    },
    (error: unknown) => console.warn('No service worker, so no start without a network.', error),
  )
}
