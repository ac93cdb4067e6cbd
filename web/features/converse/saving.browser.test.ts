import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createApp, h, type App } from 'vue'
import { createI18n } from 'vue-i18n'
import UApp from '@nuxt/ui/components/App.vue'
import { INCLUDED_PERSONAS } from '#dialogue/personas/included.ts'
import type { KeptTurn } from '../../storage/conversations-types.ts'
import shell from '../../app/locales/en.json'
import room from './locales/en.json'
import { useSaving } from './saving.ts'

const TITLE = 'There is no sound to save'
const host = document.createElement('div')
let app: App
let saving: ReturnType<typeof useSaving>

beforeEach(() => {
  document.body.append(host)
  const Page = {
    setup() {
      saving = useSaving()
      return () => null
    },
  }
  app = createApp({ render: () => h(UApp, null, { default: () => h(Page) }) })
  app.use(createI18n({ legacy: false, locale: 'en', messages: { en: { ...shell, ...room } } }))
  app.mount(host)
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
  app.unmount()
  host.remove()
})

const turn: KeptTurn = { id: 1, name: 'Nora', seconds: 0, outcome: 'complete', marks: {}, user: { text: 'Hi.' } }
const said = { title: 'Roses', persona: INCLUDED_PERSONAS[0]!, turns: [turn] }

it('saves the sound of both sides as one file, and says so where there is none', async () => {
  const saved: string[] = []
  vi.stubGlobal('showSaveFilePicker', undefined)
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
    saved.push(this.download)
  })
  await saving.sound(said, async () => ({ samples: new Float32Array(2400), sampleRate: 24_000 }))
  expect(saved).toEqual(['Roses.wav'])
  expect(document.body.textContent).not.toContain(TITLE)
  await saving.sound(said, async () => undefined)
  expect(saved).toEqual(['Roses.wav'])
  await vi.waitFor(() => expect(document.body.textContent).toContain(TITLE))
})
