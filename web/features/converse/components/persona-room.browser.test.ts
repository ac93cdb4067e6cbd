import { deleteDB } from 'idb'
import { createPinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createApp, h, type App } from 'vue'
import { createI18n } from 'vue-i18n'
import { createMemoryHistory, createRouter } from 'vue-router'
import UApp from '@nuxt/ui/components/App.vue'
import { newPersona } from '#dialogue/personas/defaults.ts'
import { SeamError } from '#protocol/errors.ts'
import { openPersonaStore, type OpenPersonaStore } from '../../../storage/personas.ts'
import shell from '../../../app/locales/en.json'
import { light, scriptedContracts } from '../../contract-testing.ts'
import { studioKey, type Studio } from '../../studio.ts'
import room from '../locales/en.json'
import PersonaRoom from './PersonaRoom.vue'

const DATABASE = 'test-persona-room'
const host = document.createElement('div')
const broken: unknown[] = []
const talks = vi.fn()
let app: App | undefined
let personas: OpenPersonaStore
let plugins: ReturnType<typeof scriptedContracts>

const OLLAMA = { id: 'plugin:ollama', name: 'Ollama', kind: 'plugin' }

/** Everything is here but a voice that works. */
function studio(): Partial<Studio> {
  return {
    personas,
    models: { state: async () => ({ state: 'ready' }) } as unknown as Studio['models'],
    companion: { state: 'absent', status: undefined } as Studio['companion'],
    transcriber: { info: { id: 'moonshine-tiny-en' } } as Studio['transcriber'],
    contracts: plugins.contracts,
    languages: { list: async () => [OLLAMA], watch: () => () => {} } as unknown as Studio['languages'],
    speech: {
      info: { languages: ['en-us'] },
      elsewhere: 'absent',
      voices: async () => [{ id: 'af_heart', name: 'Heart', lang: 'en-us' }],
      watch: () => () => {},
      // eslint-disable-next-line require-yield -- it fails before the first sound
      async *speak() {
        throw new SeamError('engine', 'The voice broke.')
      },
    } as unknown as Studio['speech'],
  }
}

beforeEach(async () => {
  broken.length = 0
  talks.mockReset()
  plugins = scriptedContracts([light('ollama', 'llm')])
  host.style.cssText = 'height: 800px; width: 1000px'
  document.body.append(host)
  personas = await openPersonaStore({ name: DATABASE })
  await personas.create(newPersona('Iris', 'iris'))
  app = createApp({ render: () => h(UApp, null, { default: () => h(PersonaRoom, { onTalk: talks }) }) })
  app.config.errorHandler = error => broken.push(error)
  app.use(createPinia())
  app.provide(studioKey, studio() as Studio)
  app.use(createI18n({ legacy: false, locale: 'en', messages: { en: { ...shell, ...room } } }))
  app.use(
    createRouter({
      history: createMemoryHistory(),
      routes: [{ path: '/:all(.*)', component: { render: () => null } }],
    }),
  )
  app.mount(host)
  expect(host.querySelector('a[href="/studio/converse"]')).not.toBeNull()
  await press('Iris')
})
afterEach(async () => {
  app?.unmount()
  host.remove()
  personas.close()
  await deleteDB(DATABASE)
})

async function press(name: string): Promise<void> {
  const button = await vi.waitFor(() => {
    const found = [...host.querySelectorAll<HTMLElement>('button')].find(
      each => each.textContent?.trim().startsWith(name) || each.ariaLabel === name,
    )
    if (!found) throw new Error(`There is no button ${name}.`)
    return found
  })
  button.click()
}
const notice = (words: string) => vi.waitFor(() => expect(document.body.textContent).toContain(words))

describe('the room of the personas', () => {
  it('stays, and says so, when a voice can’t be heard', async () => {
    await press('Hear the voice')
    await notice('What hears and speaks could not be started')
    expect(broken).toEqual([])
    expect(host.textContent).toContain('Iris')
  })

  it('says of a model that can’t answer now what is wrong, while it is', async () => {
    const label = () => host.querySelector('option[value="plugin:ollama"]')?.textContent.trim()
    await vi.waitFor(() => expect(label()).toBe('Ollama'))
    plugins.show([light('ollama', 'llm', { ailment: { need: 'server', message: 'It does not answer.' } })])
    await vi.waitFor(() => expect(label()).toBe('Ollama – Needs a server'))
    plugins.show([light('ollama', 'llm')])
    await vi.waitFor(() => expect(label()).toBe('Ollama'))
  })

  it('stays, and says so, when whom one wants to talk with is gone', async () => {
    vi.spyOn(personas, 'open').mockRejectedValue(new SeamError('not-found', 'It was deleted elsewhere.'))
    await press('Talk')
    await notice('It isn’t here.')
    expect(broken).toEqual([])
    expect(talks).not.toHaveBeenCalled()
  })
})
