import { createPinia } from 'pinia'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createApp, h, nextTick, type App } from 'vue'
import { createI18n } from 'vue-i18n'
import { createMemoryHistory, createRouter } from 'vue-router'
import UApp from '@nuxt/ui/components/App.vue'
import { useOpenMicrophone } from '../../ui/open-microphone.ts'
import messages from '../locales/en.json'
import BottomNav from './BottomNav.vue'
import SideStatus from './SideStatus.vue'

const host = document.createElement('div')
let app: App
let microphone: ReturnType<typeof useOpenMicrophone>
const went = vi.fn()

beforeEach(async () => {
  went.mockReset()
  document.body.append(host)
  const pinia = createPinia()
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [{ path: '/:all(.*)', component: { render: () => null } }],
  })
  app = createApp({ render: () => h(UApp, null, { default: () => [h(SideStatus, { onGo: went }), h(BottomNav)] }) })
  app.use(pinia)
  app.use(router)
  app.use(createI18n({ legacy: false, locale: 'en', messages: { en: messages } }))
  app.mount(host)
  await router.isReady()
  microphone = useOpenMicrophone(pinia)
})
afterEach(() => {
  app.unmount()
  host.remove()
})

const link = () => [...host.querySelectorAll('footer a')].find(each => each.textContent?.includes('Microphone is open'))
const stop = () => host.querySelector<HTMLButtonElement>('button[aria-label="Stop listening"]')
const inNav = () => host.querySelector('nav a[href="/studio/converse"]')!.textContent

it('says in every room that a microphone is open, and leads back to where it is', async () => {
  expect([link(), stop()]).toEqual([undefined, null])
  const hide = microphone.show({ path: '/studio/converse', close: () => undefined })
  await nextTick()
  expect(link()!.getAttribute('href')).toBe('/studio/converse')
  expect(inNav()).toContain('Microphone is open')
  ;(link() as HTMLElement).click()
  expect(went).toHaveBeenCalledOnce()
  hide()
  await nextTick()
  expect(link()).toBeUndefined()
  expect(inNav()).not.toContain('Microphone is open')
})

it('closes it, and whoever pressed the button stays where it was', async () => {
  const hide = microphone.show({ path: '/studio/converse', close: async () => hide() })
  await nextTick()
  stop()!.focus()
  stop()!.click()
  await vi.waitFor(() => expect(stop()).toBeNull())
  await vi.waitFor(() => expect(document.activeElement?.textContent).toContain('No jobs running'))
})

it('shows the one that was opened last, until that is closed', async () => {
  const first = microphone.show({ path: '/studio/converse', close: () => undefined })
  const second = microphone.show({ path: '/studio/converse/other', close: () => undefined })
  first()
  expect(microphone.path).toBe('/studio/converse/other')
  second()
  expect(microphone.path).toBeUndefined()
})
