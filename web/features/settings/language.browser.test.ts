import { useToast } from '@nuxt/ui/composables/useToast'
import { createPinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createApp, nextTick, type App } from 'vue'
import { createI18n } from 'vue-i18n'
import { createMemoryHistory, createRouter } from 'vue-router'
import type { ContractLight } from '#protocol/contracts.ts'
import type { LanguageModelHealth, LanguageProvider, LanguageProviderDraft } from '#protocol/language.ts'
import { createLanguageService } from '../../companion/language.ts'
import type { CompanionClient, CompanionState } from '../../companion/types.ts'
import page from '../../app/locales/en.json'
import { chosenModel } from '../../engine/language/chosen.page.ts'
import type { PluginSource } from '../../engine/language/plugin-models.ts'
import { createLanguageShelf } from '../../engine/language/shelf.page.ts'
import { light, scriptedContracts } from '../contract-testing.ts'
import { studioKey, type Studio } from '../studio.ts'
import LanguageSettings from './components/LanguageSettings.vue'
import en from './locales/en.json'

// The section before a companion of which only the answers are played; the way to a real one is companion/language.test.ts.

const host = document.createElement('div')
let app: App | undefined
let kept: (LanguageProvider & { key?: string })[] = []
let removed: typeof kept = []
let health: LanguageModelHealth
let sent: { method: string; path: string; body: LanguageProviderDraft }[] = []

const fetchCompanion: typeof fetch = async (input, { method = 'GET', body } = {}) => {
  const path = String(input)
  const [, , , id = '', what] = path.split('/')
  const draft = (typeof body === 'string' ? JSON.parse(body) : {}) as LanguageProviderDraft
  sent.push({ method, path, body: draft })
  const found = kept.find(each => each.id === id)
  if (what === 'health') return Response.json(health)
  if (what === 'restore') kept = [...kept, ...removed.filter(each => each.id === id)]
  else if (method === 'DELETE') {
    removed = kept.filter(each => each.id === id)
    kept = kept.filter(each => each.id !== id)
    return new Response(null, { status: 204 })
  } else if (method === 'PUT') {
    const { key, ...rest } = draft
    const next = { id, ...rest, hasKey: Boolean(key ?? found?.hasKey) }
    kept = found ? kept.map(each => (each === found ? next : each)) : [...kept, next]
  }
  return Response.json(id === '' ? kept : kept.find(each => each.id === id))
}

beforeEach(() => {
  document.body.append(host)
  kept = []
  sent = []
  health = { state: 'ready', models: ['llama3.2', 'qwen2.5'] }
  chosenModel.set(undefined)
})
afterEach(() => {
  app?.unmount()
  host.remove()
})

async function mount(state: CompanionState = 'paired', lights: readonly ContractLight[] = []) {
  const companion: CompanionClient = {
    state,
    status: undefined,
    refresh: async () => {},
    watch: () => () => {},
    close: () => {},
  }
  app = createApp(LanguageSettings)
  const languageService = createLanguageService({ base: '', fetch: fetchCompanion })
  const scripted = scriptedContracts(lights)
  const plugins: PluginSource = {
    of: contract => scripted.contracts.lights.filter(each => each.contract === contract),
    isUp: () => true,
    reply: () => Promise.reject(new Error('Nobody asks.')) as never,
  }
  const languages = createLanguageShelf({ companion: languageService, plugins, mayDownload: () => false })
  app.provide(studioKey, { companion, languageService, languages, contracts: scripted.contracts } as Studio)
  app.use(createPinia())
  app.use(
    createRouter({
      history: createMemoryHistory(),
      routes: [{ path: '/:all(.*)', component: { render: () => null } }],
    }),
  )
  app.use(createI18n({ legacy: false, locale: 'en', messages: { en: { ...page, ...en } } }))
  app.mount(host)
  await nextTick()
  return scripted
}

const shows = (text: string | RegExp) => vi.waitFor(() => expect(host.textContent).toMatch(text))
const formCloses = () => vi.waitFor(() => expect(host.querySelector('form')).toBeNull())
const button = (name: string) =>
  [...host.querySelectorAll('button')].find(
    each => each.getAttribute('aria-label') === name || each.textContent?.trim() === name,
  )!
const field = (label: string) => {
  const id = [...host.querySelectorAll('label')].find(each => each.textContent?.trim() === label)!.htmlFor
  return document.getElementById(id) as HTMLInputElement | HTMLSelectElement
}
async function type(label: string, value: string): Promise<void> {
  field(label).value = value
  field(label).dispatchEvent(
    new Event(field(label) instanceof HTMLSelectElement ? 'change' : 'input', { bubbles: true }),
  )
  await nextTick()
}

describe('language models in Settings', () => {
  it('work without a companion, as far as this browser can', async () => {
    await mount('absent')
    await shows('Servers need the companion')
    expect(button('Add a server')).toBeUndefined()
    button('Test: Repeat after me').click()
    await shows(/“Say hello in one short sentence\.” after 0\.\d s/)
    await vi.waitFor(() => expect(field('Model for conversations').querySelector('[value=echo]')).not.toBeNull())
    await type('Model for conversations', 'echo')
    expect(chosenModel.id).toBe('echo')
  })

  it('are added by what is known of a server, with a key that is never shown again', async () => {
    await mount()
    await shows('No server has been added yet.')
    button('Add a server').click()
    await nextTick()
    await type('Kind', 'openai')
    expect(field('Address').value).toBe('https://api.openai.com/v1')
    await type('Key', ' sk-secret ')
    host.querySelector('form')!.requestSubmit()
    await shows('Ready, with 2 models')
    expect(sent.filter(({ method }) => method === 'PUT').map(({ path, body }) => [path, body.key, body.model])).toEqual(
      [
        ['/language/providers/openai', 'sk-secret', ''],
        // The first of its models, since none was chosen.
        ['/language/providers/openai', 'sk-secret', 'llama3.2'],
      ],
    )
    await formCloses()
    expect([chosenModel.id, field('Model for conversations').value]).toEqual(['openai:llama3.2', 'openai:llama3.2'])
    expect(host.textContent).toContain('with a key')
    button('Change: OpenAI').click()
    await nextTick()
    expect(host.innerHTML).not.toContain('sk-secret')
    expect(field('Key').value).toBe('')
    await type('Name', 'Mine')
    host.querySelector('form')!.requestSubmit()
    await formCloses()
    await shows('Mine')
    // What was not typed is not sent: the key stays.
    expect(sent.findLast(({ method }) => method === 'PUT')!.body).not.toHaveProperty('key')
    await type('Model', 'qwen2.5')
    await vi.waitFor(() => expect(kept[0]).toMatchObject({ model: 'qwen2.5', hasKey: true }))
  })

  it('can be those of a plugin, which shows how it is', async () => {
    const offers = { models: [{ id: 'llama3.2', name: 'Llama 3.2' }] }
    const { show } = await mount('paired', [light('ollama', 'llm', { displayName: 'Ollama', offers })])
    await vi.waitFor(() => expect(host.textContent).toContain('Llama 3.2 (Ollama)'))
    const choice = field('Model for conversations')
    choice.value = 'plugin:ollama:llama3.2'
    choice.dispatchEvent(new Event('change', { bubbles: true }))
    expect(chosenModel.id).toBe('plugin:ollama:llama3.2')
    await shows('Ready')
    show([light('ollama', 'llm', { displayName: 'Ollama', offers, status: 'ERROR' })])
    await shows('Failed')
    const ailment = { need: 'server', message: 'Ollama does not answer at http://localhost:11434.' } as const
    show([light('ollama', 'llm', { displayName: 'Ollama', offers, ailment })])
    await shows(/Needs a server\s*Ollama does not answer at/)
    expect(host.querySelector('.text-warning[data-status]')).not.toBeNull()
    const chosen = () => host.querySelector<HTMLOptionElement>('option[value="plugin:ollama:llama3.2"]')?.textContent
    expect(chosen()?.trim()).toBe('Llama 3.2 (Ollama) – Needs a server')
    show([light('ollama', 'llm', { displayName: 'Ollama', offers, status: 'BUSY' })])
    await vi.waitFor(() => expect(chosen()?.trim()).toBe('Llama 3.2 (Ollama)'))
  })

  it('say in words what is wrong with a server', async () => {
    kept = [{ id: 'box', preset: 'ollama', name: 'Box', base: 'http://box:11434', model: 'old', hasKey: false }]
    health = { state: 'down', why: 'Box does not answer at http://box:11434.' }
    await mount()
    await shows('It doesn’t answer. Start it, or look at the address.')
    expect(host.textContent).toContain('Box does not answer at http://box:11434.')
    health = { state: 'ready', models: ['new'] }
    app?.unmount()
    await mount()
    await shows('no longer has “old”')
  })

  it('can be brought back when they were removed', async () => {
    kept = [{ id: 'box', preset: 'ollama', name: 'Box', base: 'http://box:11434', model: 'llama3.2', hasKey: true }]
    await mount()
    await shows('Ready, with 2 models')
    button('Remove: Box').click()
    await shows('No server has been added yet.')
    const toast = await vi.waitFor(() => {
      const last = useToast().toasts.value.at(-1)!
      expect(last.title).toBe('Removed: Box')
      return last
    })
    const [undo] = toast.actions!
    await (undo!.onClick as (event: MouseEvent) => unknown)(new MouseEvent('click'))
    await shows('Ready, with 2 models')
    expect(kept).toMatchObject([{ id: 'box', hasKey: true }])
  })
})
