import { deleteDB } from 'idb'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createApp, h, nextTick, type App } from 'vue'
import { createI18n } from 'vue-i18n'
import { createMemoryHistory, createRouter } from 'vue-router'
import UApp from '@nuxt/ui/components/App.vue'
import type { Persona } from '#protocol/personas.ts'
import { newPersona } from '#dialogue/personas/defaults.ts'
import { openPersonaStore, type OpenPersonaStore } from '../../../storage/personas.ts'
import shell from '../../../app/locales/en.json'
import room from '../locales/en.json'
import type { PersonaTaste } from '../personas/editing.ts'
import PersonaPanel from './PersonaPanel.vue'

const DATABASE = 'test-persona-panel'
const host = document.createElement('div')
let app: App | undefined
let store: OpenPersonaStore
let talked: string[] = []

const choices = {
  voices: [
    { id: 'af_heart', name: 'Heart', lang: 'en-us' },
    { id: 'bf_lily', name: 'Lily', lang: 'en-gb' },
  ],
  languages: [
    { value: 'en-us', label: 'American English' },
    { value: 'en-gb', label: 'British English' },
  ],
  models: [{ id: 'ollama:llama3.2', name: 'Llama 3.2' }],
}

async function mount() {
  talked = []
  app = createApp({
    render: () =>
      h(UApp, null, {
        default: () =>
          h(
            PersonaPanel,
            { store, choices, onTalk: (id: string) => talked.push(id) },
            {
              play: ({ taste }: { taste: PersonaTaste }) =>
                h('button', { 'data-taste': JSON.stringify(taste) }, 'Hear'),
            },
          ),
      }),
  })
  app.use(createI18n({ legacy: false, locale: 'en', messages: { en: { ...shell, ...room } } }))
  app.use(createRouter({ history: createMemoryHistory(), routes: [{ path: '/', component: PersonaPanel }] }))
  app.mount(host)
  await vi.waitFor(() => expect(host.textContent).toContain('Wren'))
}

beforeEach(async () => {
  host.style.cssText = 'height: 800px; width: 1000px'
  document.body.append(host)
  store = await openPersonaStore({ name: DATABASE })
})
afterEach(async () => {
  app?.unmount()
  host.remove()
  document.querySelectorAll('[role=menu]').forEach(menu => menu.remove())
  store.close()
  await deleteDB(DATABASE)
})

const buttons = (root: ParentNode = document) => [...root.querySelectorAll<HTMLElement>('button, [role=menuitem]')]
const named = (name: string) =>
  buttons().find(each => each.textContent?.trim().startsWith(name) || each.ariaLabel === name)
async function there<Found>(what: string, find: () => Found | undefined | null): Promise<Found> {
  return vi.waitFor(() => {
    const found = find()
    if (!found) throw new Error(`There is no ${what}.`)
    return found
  })
}
async function press(name: string) {
  ;(await there(`button ${name}`, () => named(name))).click()
  await nextTick()
}
function field(label: string): HTMLInputElement {
  const id = [...host.querySelectorAll('label')].find(each => each.textContent?.trim() === label)?.htmlFor
  return document.getElementById(id ?? '') as HTMLInputElement
}
async function type(label: string, text: string) {
  const input = await there(`field ${label}`, () => field(label))
  input.value = text
  input.dispatchEvent(new Event('input', { bubbles: true }))
  input.dispatchEvent(new Event('change', { bubbles: true }))
  await nextTick()
}
async function openMenu(name: string) {
  const trigger = await there(`menu of ${name}`, () => named(`What to do with ${name}`))
  trigger.focus()
  trigger.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }))
  await there('menu', () => document.querySelector('[role=menu]'))
}
const noticeOf = (name: string) =>
  [...document.querySelectorAll('li')].find(each => each.textContent?.includes(`“${name}” was deleted.`))
const bring = async (...files: File[]) => {
  const input = host.querySelector<HTMLInputElement>('input[type=file]')!
  const list = new DataTransfer()
  for (const file of files) list.items.add(file)
  input.files = list.files
  input.dispatchEvent(new Event('change'))
  await nextTick()
}
const only = async (): Promise<Persona> => store.open((await store.list())[0]!.id)

describe('the personas', () => {
  it('are made, changed and kept as somebody types', async () => {
    await mount()
    await press('New persona')
    await type('Name', 'Iris')
    await type('Prompt', 'Prune.')
    await type('Greeting', 'Mind the roses.')
    await press('New entry')
    await type('What the model is told', 'Roses are her pride.')
    await vi.waitFor(async () =>
      expect(await only()).toMatchObject({
        name: 'Iris',
        prompt: 'Prune.',
        greeting: 'Mind the roses.',
        lorebook: { entries: [{ content: 'Roses are her pride.' }] },
      }),
    )
    expect(host.textContent).toContain('6 of 100,000')
    const taste = JSON.parse(host.querySelector<HTMLElement>('[data-taste]')!.dataset['taste']!) as PersonaTaste
    expect(taste).toMatchObject({ text: 'Mind the roses.', voice: [{ id: 'af_heart' }] })
  })

  it('are written before a talk begins', async () => {
    await mount()
    await press('New persona')
    await type('Prompt', 'Prune.')
    await press('Talk')
    await vi.waitFor(() => expect(talked).toHaveLength(1))
    expect((await only()).prompt).toBe('Prune.')
  })

  it('that are included are shown, and copied to be changed', async () => {
    await mount()
    await press('Nora')
    await vi.waitFor(() => expect(field('Name').value).toBe('Nora'))
    expect(field('Name').disabled).toBe(true)
    await press('Copy to change')
    await vi.waitFor(() => expect(field('Name').value).toBe('Nora (copy)'))
    expect(field('Name').disabled).toBe(false)
    expect((await only()).lorebook?.entries.length).toBeGreaterThan(0)
  })

  it('come back when somebody deleted the wrong one, with all that belongs to it', async () => {
    const files = { assets: { 'a.bin': Uint8Array.of(1) } }
    await store.create({ ...newPersona('Iris', 'iris'), prompt: 'Prune.' }, files)
    await mount()
    await openMenu('Iris')
    await press('Delete')
    await vi.waitFor(async () => expect(await store.list()).toEqual([]))
    await press('Undo')
    await vi.waitFor(async () => expect((await only()).prompt).toBe('Prune.'))
    expect(await store.files('iris')).toEqual(files)
  })

  it('come back each by its own notice when several were deleted', async () => {
    await store.create({ ...newPersona('Iris', 'iris'), prompt: 'Prune.' })
    await store.create(newPersona('Bram', 'bram'))
    await mount()
    for (const name of ['Iris', 'Bram']) {
      await openMenu(name)
      await press('Delete')
      await there('notice', () => noticeOf(name))
    }
    for (const name of ['Iris', 'Bram']) {
      buttons(noticeOf(name))
        .find(each => each.textContent?.trim() === 'Undo')!
        .click()
      await vi.waitFor(async () => expect((await store.list()).map(each => each.name)).toContain(name))
    }
    expect((await store.open('iris')).prompt).toBe('Prune.')
  })

  it('come in from cards and YAML, a bad file beside good ones', async () => {
    await mount()
    const card = JSON.stringify({ name: 'Iris', description: 5, first_mes: '<b>Hello</b>' })
    await bring(
      new File([card], 'iris.json'),
      new File(['name: Ada\nprompt: Explain.\n'], 'ada.yaml'),
      new File(['{"theme":"dark"}'], 'settings.json'),
    )
    await vi.waitFor(async () => expect((await store.list()).map(({ name }) => name)).toEqual(['Ada', 'Iris']))
    await vi.waitFor(() => {
      expect(document.body.textContent).toContain('“settings.json” was not imported')
      expect(document.body.textContent).toContain('“description” holds a number where text belongs')
    })
    await press('Iris')
    await vi.waitFor(() => expect(field('Greeting').value).toBe('<b>Hello</b>'))
    expect(host.querySelector('b')).toBeNull()
  })

  it('keep what was typed when another tab saved first', async () => {
    await store.create({ ...newPersona('Iris', 'iris'), prompt: 'Prune.' })
    await mount()
    await press('Iris')
    await vi.waitFor(() => expect(field('Prompt').value).toBe('Prune.'))
    await type('Prompt', 'Mine.')
    const other = await openPersonaStore({ name: DATABASE })
    await other.save({ ...(await other.open('iris')), prompt: 'Theirs.' }, 1)
    other.close()
    await vi.waitFor(() => expect(host.textContent).toContain('Changed in another tab'))
    expect(field('Prompt').value).toBe('Mine.')
    await press('Keep mine as a copy')
    await vi.waitFor(async () => expect((await store.list()).map(({ name }) => name)).toEqual(['Iris', 'Iris (copy)']))
    expect((await store.open('iris')).prompt).toBe('Theirs.')
    expect(field('Prompt').value).toBe('Mine.')
  })

  it('keep what was typed when the disk is full, until somebody decides', async () => {
    await store.create(newPersona('Iris', 'iris'))
    const save = vi.spyOn(store, 'save').mockRejectedValue(new DOMException('full', 'QuotaExceededError'))
    await mount()
    await press('Iris')
    await type('Prompt', 'Prune.')
    await vi.waitFor(() => expect(host.textContent).toContain('Not saved'))
    await press('Wren')
    await nextTick()
    expect(field('Prompt').value).toBe('Prune.')
    save.mockRestore()
    await press('Try again')
    await vi.waitFor(async () => expect((await store.open('iris')).prompt).toBe('Prune.'))
  })

  it('draw a book of thousands a page at a time', async () => {
    const entries = Array.from({ length: 3_000 }, (_, at) => ({
      ...{ keys: [`key ${at}`], secondaryKeys: [], content: `Fact ${at}.`, enabled: true, constant: false },
      ...{ exactCase: false, regex: false, order: at, priority: at, position: 'before' as const },
    }))
    await store.create({
      ...newPersona('Iris', 'iris'),
      lorebook: { entries, scanDepth: 4, tokenBudget: 1000, recursive: false },
    })
    await mount()
    await press('Iris')
    await vi.waitFor(() => expect(host.querySelectorAll('[data-entry]').length).toBe(50))
    await press('Show more (2950)')
    expect(host.querySelectorAll('[data-entry]').length).toBe(100)
  })
})
