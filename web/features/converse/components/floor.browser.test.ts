import { deleteDB } from 'idb'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import { createApp, h, nextTick, type App } from 'vue'
import { createI18n } from 'vue-i18n'
import { createMemoryHistory, createRouter } from 'vue-router'
import UApp from '@nuxt/ui/components/App.vue'
import UDropdownMenu from '@nuxt/ui/components/DropdownMenu.vue'
import { SeamError } from '#protocol/errors.ts'
import type { Microphone } from '../../../audio/capture/types.ts'
import shell from '../../../app/locales/en.json'
import { studioKey, type Studio } from '../../studio.ts'
import room from '../locales/en.json'
import { useConverse } from '../store.ts'
import { useFloor } from '../store-floor.ts'
import { useKeptTalk } from '../store-kept.ts'
import { useConverseModel } from '../store-model.ts'
import { closeTabs, openTab, quietMicrophone } from '../testing.ts'
import TalkFloor from './TalkFloor.vue'

const NAME = 'test-talk-floor'
const host = document.createElement('div')
let app: App | undefined

/** The floor, and a menu that lies over the room when it is open. */
async function mount(parts: Partial<Studio> = {}) {
  const tab = await openTab(NAME, parts)
  app = createApp({
    render: () =>
      h(UApp, null, {
        default: () => [
          h(TalkFloor),
          h(UDropdownMenu, { items: [{ label: 'Nora' }] }, { default: () => h('button', 'Who answers') }),
        ],
      }),
  })
  app.use(tab.pinia)
  app.provide(studioKey, tab.studio)
  app.use(createI18n({ legacy: false, locale: 'en', messages: { en: { ...shell, ...room } } }))
  app.use(createRouter({ history: createMemoryHistory(), routes: [{ path: '/', component: TalkFloor }] }))
  app.mount(host)
  await nextTick()
  const converse = useConverse(tab.pinia)
  return {
    ...tab,
    converse,
    floor: useFloor(tab.pinia),
    kept: useKeptTalk(tab.pinia),
    become: (state: typeof converse.state) => vi.waitFor(() => expect(converse.state).toBe(state), 5000),
  }
}

beforeEach(() => {
  localStorage.clear()
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

/** The browser takes the focus from what can't have it when it paints. */
async function painted(): Promise<void> {
  for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame)
}
const button = (label: string) => host.querySelector<HTMLElement>(`button[aria-label="${label}"]`)!
const field = () => host.querySelector<HTMLInputElement>('form input')!

describe('the round button', () => {
  it('that is held while the microphone opens keeps the focus, and counts once it is open', async () => {
    const granted = Promise.withResolvers<Microphone>()
    const { converse, floor, become } = await mount({ microphone: () => granted.promise })
    converse.mode = 'hold'
    await nextTick()
    const round = button('Hold to talk')
    round.focus()
    await userEvent.keyboard('[Space>]')
    await vi.waitFor(() => expect(floor.opening).toBe(true))
    await painted()
    expect(document.activeElement).toBe(round)
    granted.resolve(quietMicrophone())
    await become('recording')
    await userEvent.keyboard('[/Space]')
    await become('idle')
  })

  it('that opens the microphone keeps the focus, and does nothing else meanwhile', async () => {
    const microphone = vi.fn(() => new Promise<Microphone>(() => {}))
    const { floor } = await mount({ microphone })
    const round = button('Open the microphone')
    round.focus()
    await userEvent.keyboard('[Enter]')
    await vi.waitFor(() => expect(floor.opening).toBe(true))
    await painted()
    expect(document.activeElement).toBe(round)
    expect(round.ariaDisabled).toBe('true')
    await userEvent.keyboard('[Enter]')
    expect(microphone).toHaveBeenCalledOnce()
  })
})

describe('what is typed', () => {
  it('is answered in writing where no voice is, which is offered; the hint fits a microphone that is closed', async () => {
    const absent = { state: async () => ({ state: 'absent' }) } as unknown as Studio['models']
    const { converse, become, speaker } = await mount({ models: absent })
    const shows = (text: string) => vi.waitFor(() => expect(host.textContent).toContain(text))
    await shows('Open the microphone with the button, and speak; or type.')
    await converse.write('Where is it?')
    await become('playing')
    await shows('Answering in writing')
    await shows('Interrupt it, or type on.')
    await shows('The answer is not spoken')
    expect(converse.failure).toBeUndefined()
    speaker.end()
    await become('idle')
    const model = useConverseModel()
    expect(model.offer).toBeUndefined()
    const get = [...host.querySelectorAll('button')].find(each => each.textContent?.trim() === 'Get the voice')!
    get.click()
    await vi.waitFor(() => expect([model.part, model.offer?.needs.length]).toEqual(['voice', expect.any(Number)]))
  })

  it('stays in the field when nobody takes it, and goes when it is said', async () => {
    const { studio, converse, become, model } = await mount()
    const open = vi.spyOn(studio.languages, 'open')
    open.mockRejectedValueOnce(new SeamError('offline', 'The companion is not there.'))
    await userEvent.fill(field(), 'Where is it?')
    await userEvent.keyboard('[Enter]')
    await vi.waitFor(() => expect(converse.failure?.code).toBe('offline'))
    expect(field().value).toBe('Where is it?')
    await userEvent.keyboard('[Enter]')
    // Pressed twice, it is said once.
    await userEvent.keyboard('[Enter]')
    await become('playing')
    expect(field().value).toBe('')
    expect(model.asked).toHaveLength(1)
  })

  it('can be sent by the button, which keeps the focus', async () => {
    const { become } = await mount()
    await userEvent.fill(field(), 'Where is it?')
    button('Send').focus()
    await userEvent.keyboard('[Enter]')
    await become('playing')
    await vi.waitFor(() => expect(field().value).toBe(''))
    expect(document.activeElement).toBe(button('Send'))
  })
})

describe('what goes away by being pressed', () => {
  it('leaves the keyboard where it was: at what goes on', async () => {
    const { converse, become } = await mount()
    await converse.write('Where is it?')
    await become('playing')
    const interrupt = [...host.querySelectorAll('button')].find(each => each.textContent?.trim() === 'Interrupt')!
    interrupt.focus()
    await userEvent.keyboard('[Enter]')
    await become('idle')
    await vi.waitFor(() => expect(interrupt.isConnected).toBe(false))
    await vi.waitFor(() => expect(document.activeElement).toBe(host.querySelector('[data-testid=state]')))
    await userEvent.keyboard('[Tab]')
    expect(document.activeElement).not.toBe(document.body)
    expect(host.contains(document.activeElement)).toBe(true)
  })

  it('takes nobody along who is somewhere else', async () => {
    const { converse, become, speaker } = await mount()
    await converse.write('Where is it?')
    await become('playing')
    field().focus()
    speaker.end()
    await become('idle')
    await painted()
    expect(document.activeElement).toBe(field())
  })
})

describe('Escape', () => {
  it('closes a menu and nothing else; the next one gives the answer up', async () => {
    const { converse, become } = await mount()
    await converse.write('Where is it?')
    await become('playing')
    const opener = [...host.querySelectorAll('button')].find(each => each.textContent === 'Who answers')!
    opener.focus()
    await userEvent.keyboard('[Enter]')
    const menu = () => document.querySelector('[role=menu]')
    await vi.waitFor(() => expect(menu()).not.toBeNull())
    await userEvent.keyboard('[Escape]')
    await vi.waitFor(() => expect(menu()).toBeNull())
    expect(converse.state).toBe('playing')
    await userEvent.keyboard('[Escape]')
    await become('idle')
  })
})
