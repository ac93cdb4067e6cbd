import { deleteDB } from 'idb'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createApp, h, nextTick, type App } from 'vue'
import { createI18n } from 'vue-i18n'
import { createMemoryHistory, createRouter } from 'vue-router'
import UApp from '@nuxt/ui/components/App.vue'
import { newPersona } from '#dialogue/personas/defaults.ts'
import { SeamError } from '#protocol/errors.ts'
import shell from '../../../app/locales/en.json'
import { echo } from '../../../engine/language/echo.ts'
import { openPluginModel } from '../../../engine/language/plugin-models.ts'
import { chosenModel } from '../../../engine/language/chosen.page.ts'
import { chosenListener } from '../../../engine/transcribe/chosen.page.ts'
import { announcements } from '../../../ui/announce.ts'
import { light, scriptedContracts } from '../../contract-testing.ts'
import { studioKey, type Studio } from '../../studio.ts'
import room from '../locales/en.json'
import { useConverse } from '../store.ts'
import { useKeptTalk } from '../store-kept.ts'
import { useConverseModel } from '../store-model.ts'
import { useConversePartner } from '../store-partner.ts'
import { closeTabs, openTab } from '../testing.ts'
import TalkFloor from './TalkFloor.vue'
import TalkMenu from './TalkMenu.vue'

const NAME = 'test-talk-plugins'
const host = document.createElement('div')
let app: App | undefined

async function mount(parts: Partial<Studio> = {}) {
  const scripted = scriptedContracts([
    light('kokoro', 'tts', { displayName: 'Kokoro' }),
    light('moonshine', 'stt', { displayName: 'Moonshine' }),
    light('ollama', 'llm', { displayName: 'Ollama' }),
  ])
  const tab = await openTab(NAME, { contracts: scripted.contracts, ...parts })
  app = createApp({ render: () => h(UApp, null, { default: () => [h(TalkMenu), h(TalkFloor)] }) })
  app.use(tab.pinia)
  app.provide(studioKey, tab.studio)
  app.use(createI18n({ legacy: false, locale: 'en', messages: { en: { ...shell, ...room } } }))
  app.use(createRouter({ history: createMemoryHistory(), routes: [{ path: '/:all(.*)', component: TalkFloor }] }))
  app.mount(host)
  await nextTick()
  return { ...tab, ...scripted, converse: useConverse(tab.pinia), partner: useConversePartner(tab.pinia) }
}

beforeEach(() => {
  localStorage.clear()
  chosenListener.set(undefined)
  chosenModel.set(undefined)
  document.body.append(host)
})
afterEach(async () => {
  app?.unmount()
  host.remove()
  closeTabs()
  for (const name of [NAME, `${NAME}-personas`]) {
    await deleteDB(name)
    await (await navigator.storage.getDirectory()).removeEntry(name, { recursive: true }).catch(() => undefined)
  }
})

const shows = (text: string | RegExp) => vi.waitFor(() => expect(host.textContent).toMatch(text), 5000)
const button = (label: string) =>
  [...document.querySelectorAll<HTMLElement>('button, [role=menuitemcheckbox]')].find(
    each => each.getAttribute('aria-label') === label || each.textContent?.trim() === label,
  )!

describe('plugins in a talk', () => {
  it('show how they are, each in its part', async () => {
    const { partner, show } = await mount()
    expect(host.textContent).not.toContain('Speaks')
    partner.choose({ ...newPersona('Iris', 'iris'), voice: [{ id: 'kokoro/af_heart', weight: 1 }] })
    await shows(/Speaks: Kokoro\s*Ready/)
    show([light('kokoro', 'tts', { displayName: 'Kokoro', status: 'ERROR' })])
    await shows(/Speaks: Kokoro\s*Failed/)
  })

  it('show how they are, whatever their model is called, and say it when one is not here', async () => {
    const openRouter = openPluginModel(
      { of: () => [], isUp: () => true, reply: async function* () {} },
      { name: 'ollama', model: 'meta/llama' },
    )
    const languages = { list: async () => [], open: async () => openRouter } as unknown as Studio['languages']
    chosenModel.set(openRouter.info.id)
    const { converse, show } = await mount({ languages })
    await converse.begin({ user: 'You' })
    await shows(/Answers: Ollama\s*Ready/)
    show([])
    await shows(/Answers: ollama\s*Not here/)
  })

  it('that can’t speak, where nothing can in their place, leave the answer to be read and this page’s voice to be got', async () => {
    const gone = new SeamError('engine', 'It ended.', { details: { plugin: 'kokoro', failure: 'EXITED' } })
    const scripted = scriptedContracts([light('kokoro', 'tts', { displayName: 'Kokoro' })])
    const speech = {
      // eslint-disable-next-line require-yield -- it fails before the first sound
      async *speak() {
        scripted.fail({ name: 'kokoro', displayName: 'Kokoro', part: 'voice', error: gone })
        throw gone
      },
    } as unknown as Studio['speech']
    const models = { state: async () => ({ state: 'absent' }) } as unknown as Studio['models']
    const list = vi.fn(async () => [echo.info])
    const { converse, partner, speaker, studio } = await mount({ contracts: scripted.contracts, speech, models })
    Object.assign(studio.languages, { list })
    partner.choose({ ...newPersona('Iris', 'iris'), voice: [{ id: 'kokoro/af_heart', weight: 1 }] })
    await converse.write('Hello?')
    await shows('The answer could not be spoken')
    await shows('The plugin ended in the middle of its work. It is there to read.')
    await vi.waitFor(() => expect(converse.reply.text).toBe('Aye, aye.'), 5000)
    // It was the voice: no other language model is offered, and nobody says that another voice went on.
    expect(list).not.toHaveBeenCalled()
    expect(host.textContent).not.toContain('went on in its place')
    speaker.end()
    await vi.waitFor(() => expect(converse.state).toBe('idle'), 5000)
    expect(useKeptTalk().turns).toMatchObject([{ outcome: 'complete', reply: { heard: 'Aye, aye.' } }])
    expect(announcements.polite.value).toContain('Aye, aye.')
    button('Get the voice').click()
    const model = useConverseModel()
    await vi.waitFor(() => expect([model.part, model.offer?.needs.length]).toEqual(['voice', expect.any(Number)]))
  })

  it('can be chosen to listen, and this page again', async () => {
    await mount()
    button('Export').dispatchEvent(new PointerEvent('click', { bubbles: true }))
    await vi.waitFor(() => expect(button('Moonshine')).toBeTruthy())
    button('Moonshine').click()
    await shows(/Hears: Moonshine\s*Ready/)
    expect(chosenListener.id).toBe('plugin:moonshine')
    chosenListener.set(undefined)
    await vi.waitFor(() => expect(host.textContent).not.toContain('Hears: Moonshine'))
  })

  it('that were chosen to listen and are not here are shown so, and this page can be chosen again', async () => {
    chosenListener.set('plugin:moonshine')
    const { show } = await mount()
    show([])
    await shows(/Hears: moonshine\s*Not here/)
    button('Export').dispatchEvent(new PointerEvent('click', { bubbles: true }))
    await vi.waitFor(() => expect(button('moonshine (not here)').ariaChecked).toBe('true'))
    button('This page').click()
    await vi.waitFor(() => expect(host.textContent).not.toContain('Hears'))
    expect(chosenListener.id).toBeUndefined()
  })

  it('that fail in the middle of work are told of, with what went on in their place', async () => {
    const { fail } = await mount()
    const error = new SeamError('engine', 'It ended.', { details: { failure: 'EXITED' } })
    fail({ name: 'kokoro', displayName: 'Kokoro', part: 'voice', error })
    await shows('“Kokoro” could not speak.')
    await shows('The plugin ended in the middle of its work. A voice of this page went on in its place.')
    expect(host.querySelector('a[href="/studio/plugins/contracts/kokoro"]')).not.toBeNull()
    button('Close').click()
    await vi.waitFor(() => expect(host.textContent).not.toContain('could not speak'))
  })

  it('that give no answer leave the same choice, though they say nothing of themselves', async () => {
    const slow = {
      info: { id: 'plugin:ollama', name: 'Ollama', kind: 'plugin' },
      // eslint-disable-next-line require-yield -- it is given up before the first word
      async *reply() {
        throw new SeamError('engine', 'The language model gave no answer for 60 seconds.')
      },
    }
    const open = async (id: string) => (id === echo.info.id ? echo : slow)
    chosenModel.set('plugin:ollama')
    const list = async () => [echo.info]
    const { converse } = await mount({ languages: { list, open } as unknown as Studio['languages'] })
    await converse.write('Hello?')
    await vi.waitFor(() => expect(button(`Answer with ${echo.info.name} from now on`)).toBeTruthy(), 5000)
  })

  it('that fail to answer leave the choice of another model to the user', async () => {
    const broken = openPluginModel(
      {
        of: () => [],
        isUp: () => true,
        // eslint-disable-next-line require-yield -- it fails before the first word
        async *reply() {
          throw new SeamError('engine', 'The plugin ended.', { details: { failure: 'EXITED' } })
        },
      },
      { name: 'ollama', model: '' },
    )
    // Neither could answer: one names no model, and the other says that its server is away.
    const others = ['empty', 'down'].map(name =>
      openPluginModel(
        {
          of: () => [light('empty', 'llm'), light('down', 'llm', { offers: { models: [{ id: 'a', name: 'A' }] } })],
          isUp: each => each === 'empty',
          reply: () => {
            throw new Error('It was asked.')
          },
        },
        { name, model: '' },
      ),
    )
    const models = [broken, ...others, echo]
    const list = async () => models.map(({ info }) => info)
    const open = async (id: string) => models.find(({ info }) => info.id === id)!
    chosenModel.set('plugin:ollama')
    const { converse, partner } = await mount({ languages: { list, open } as unknown as Studio['languages'] })
    await converse.begin({ user: 'You' })
    await shows(/Answers: Ollama\s*Ready/)
    await converse.write('Hello?')
    await shows('The answer failed')
    // What the plugin did is in the page's language.
    await shows('The plugin ended in the middle of its work. What was said is kept.')
    await vi.waitFor(() => expect(button('Try again')).toBeTruthy())
    await vi.waitFor(() => expect(button(`Answer with ${echo.info.name} from now on`)).toBeTruthy())
    button(`Answer with ${echo.info.name} from now on`).click()
    await vi.waitFor(() => expect(partner.model?.id).toBe('echo'))
    expect(host.textContent).not.toContain('The answer failed')
    // It is asked what the other did not answer.
    await vi.waitFor(() => expect(converse.reply.text).toBe('Hello?'), 5000)
    // The choice for other personas is as it was.
    expect(chosenModel.id).toBe('plugin:ollama')
  })
})
