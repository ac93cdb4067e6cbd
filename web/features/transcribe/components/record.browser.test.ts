import { deleteDB } from 'idb'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createApp, h, type App, type Component } from 'vue'
import { createI18n } from 'vue-i18n'
import { createMemoryHistory, createRouter } from 'vue-router'
import UApp from '@nuxt/ui/components/App.vue'
import shell from '../../../app/locales/en.json'
import { studioKey, type Studio } from '../../studio.ts'
import room from '../locales/en.json'
import { useRecorder } from '../store-record.ts'
import { closeTabs, openTab, scriptedMicrophone } from '../testing.ts'
import RecordPanel from './RecordPanel.vue'
import TranscriptList from './TranscriptList.vue'

const host = document.createElement('div')
let name: string
let count = 0
let app: App
/** What a microphone that is asked for, or closed, waits for. */
let gate: PromiseWithResolvers<void>
let asked: number

beforeEach(() => {
  name = `test-record-${Date.now()}-${count++}`
  gate = Promise.withResolvers()
  asked = 0
  host.style.cssText = 'height: 800px; width: 1000px'
  document.body.append(host)
})
afterEach(async () => {
  app.unmount()
  host.remove()
  closeTabs()
  await deleteDB(name)
  await (await navigator.storage.getDirectory()).removeEntry(name, { recursive: true }).catch(() => undefined)
})

async function mount(component: Component, slow?: 'opening' | 'closing') {
  const { microphone, lose } = scriptedMicrophone()
  const close = microphone.close.bind(microphone)
  Object.assign(microphone, {
    async close() {
      if (slow === 'closing') await gate.promise
      await close()
    },
  })
  const parts: Partial<Studio> = {
    async microphone() {
      asked++
      if (slow === 'opening') await gate.promise
      return microphone
    },
    models: { state: async () => ({ state: 'absent' }) } as unknown as Studio['models'],
    companion: { state: 'absent', status: undefined } as Studio['companion'],
  }
  const { pinia, studio } = await openTab(name, parts)
  const recorder = useRecorder(pinia)
  if (component === RecordPanel) await recorder.start({ title: 'Recording', captions: false })
  app = createApp({ render: () => h(UApp, null, { default: () => h(component) }) })
  app.use(pinia)
  app.provide(studioKey, studio)
  app.use(createI18n({ legacy: false, locale: 'en', messages: { en: { ...shell, ...room } } }))
  app.use(createRouter({ history: createMemoryHistory(), routes: [{ path: '/:all(.*)', component: RecordPanel }] }))
  app.mount(host)
  return { recorder, lose }
}

const named = (words: string) =>
  vi.waitFor(() => {
    const found = [...host.querySelectorAll('button')].find(each => each.textContent?.trim() === words)
    if (!found) throw new Error(`There is no button ${words}.`)
    return found
  })

/** A button that was disabled has lost the focus when the page is drawn, not before. */
async function drawn() {
  for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame)
}

describe('whoever records with the keyboard', () => {
  it('keeps the focus while the microphone opens, and opens it once', async () => {
    const { recorder } = await mount(TranscriptList, 'opening')
    const button = await named('Record')
    button.focus()
    button.click()
    await vi.waitFor(() => expect(recorder.state).toBe('opening'))
    await drawn()
    expect(document.activeElement).toBe(button)
    button.click()
    gate.resolve()
    await vi.waitFor(() => expect(recorder.state).toBe('recording'))
    expect(asked).toBe(1)
    await recorder.stop()
  })

  it('keeps the focus while the last words are read', async () => {
    const { recorder } = await mount(RecordPanel, 'closing')
    const button = await named('Stop')
    button.focus()
    button.click()
    await drawn()
    expect(recorder.state).toBe('ending')
    expect(document.activeElement).toBe(button)
    button.click()
    gate.resolve()
    await vi.waitFor(() => expect(recorder.state).toBe('idle'))
  })
})

it('says how much of the sound is missing', async () => {
  const { recorder, lose } = await mount(RecordPanel)
  expect(host.textContent).not.toContain('Missing')
  lose(2.3)
  await vi.waitFor(() => expect(host.textContent).toContain('Missing from the recording: 3 seconds'))
  await recorder.stop()
})
