import { deleteDB } from 'idb'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createApp, defineComponent, h, type App } from 'vue'
import { createI18n } from 'vue-i18n'
import { createMemoryHistory, createRouter, RouterView, useRoute } from 'vue-router'
import type { Conversation } from '../../storage/conversations-types.ts'
import { studioKey } from '../studio.ts'
import { TALK_PATH, useConversationPlace } from './place.ts'
import { useConverse } from './store.ts'
import { useKeptTalk } from './store-kept.ts'
import { closeTabs, openTab } from './testing.ts'

const NAME = 'test-talk-place'
const NORA = { id: 'included:nora', name: 'Nora' }
const host = document.createElement('div')
let app: App | undefined

beforeEach(() => localStorage.clear())
afterEach(async () => {
  app?.unmount()
  closeTabs()
  for (const name of [NAME, `${NAME}-personas`]) {
    await deleteDB(name)
    await (await navigator.storage.getDirectory()).removeEntry(name, { recursive: true }).catch(() => undefined)
  }
})

const conversation = (id: string): Conversation => ({
  id,
  title: '',
  createdAt: new Date().toISOString(),
  updatedAt: new Date().toISOString(),
  revision: 1,
  persona: NORA,
  turns: [
    {
      id: 1,
      user: { text: `${id}?` },
      reply: { text: 'Aye.', heard: 'Aye.', unheard: '', segments: [] },
      outcome: 'complete',
      marks: {},
      name: NORA.name,
      seconds: 0,
    },
  ],
})

const Place = defineComponent(() => {
  const route = useRoute()
  useConversationPlace(() => (route.params.part as string | undefined) || undefined)
  return () => h('p')
})

/** A room at an address, with two conversations that are kept. */
async function room(address: string) {
  const tab = await openTab(NAME)
  for (const id of ['first', 'second']) await tab.conversations.create(conversation(id))
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [{ path: `${TALK_PATH}/:part?`, component: Place }],
  })
  await router.push(address)
  app = createApp({ render: () => h(RouterView) })
  app.use(tab.pinia)
  app.provide(studioKey, tab.studio)
  app.use(createI18n({ legacy: false, locale: 'en', messages: { en: { converse: { you: 'You' } } } }))
  app.use(router)
  return {
    ...tab,
    router,
    enter: () => app!.mount(host),
    converse: useConverse(tab.pinia),
    kept: useKeptTalk(tab.pinia),
  }
}

it('shows what was said though its model is not found yet, and what is said at once belongs there', async () => {
  const { studio, model, enter, converse, kept } = await room(`${TALK_PATH}/first`)
  const found = Promise.withResolvers<typeof model>()
  vi.spyOn(studio.languages, 'open').mockReturnValue(found.promise)
  enter()
  const written = converse.write('And then?')
  await vi.waitFor(() => expect(kept.id).toBe('first'))
  found.resolve(model)
  await written
  await vi.waitFor(() => expect(converse.state).toBe('playing'))
  expect(model.asked.at(-1)!.map(({ text }) => text)).toContain('first?')
})

it('stays at the conversation that was chosen last, also when that is the one before', async () => {
  const { conversations, router, enter, kept } = await room(`${TALK_PATH}/first`)
  enter()
  await vi.waitFor(() => expect(kept.id).toBe('first'))
  const read = Promise.withResolvers<void>()
  const { open } = conversations
  vi.spyOn(conversations, 'open').mockImplementation(async id => {
    if (id === 'second') await read.promise
    return open(id)
  })
  await router.push(`${TALK_PATH}/second`)
  await vi.waitFor(() => expect(conversations.open).toHaveBeenCalledWith('second'))
  await router.push(`${TALK_PATH}/first`)
  read.resolve()
  await vi.waitFor(() => expect(conversations.open).toHaveBeenCalledTimes(2))
  await vi.waitFor(() => expect(kept.turns[0]?.user?.text).toBe('first?'))
  expect(kept.id).toBe('first')
  expect(router.currentRoute.value.params.part).toBe('first')
})

it('gets an address when the first turn is kept', async () => {
  const { router, enter, converse, kept, speaker } = await room(TALK_PATH)
  enter()
  await converse.write('Hello?')
  await vi.waitFor(() => expect(converse.state).toBe('playing'))
  speaker.end()
  await vi.waitFor(() => expect(kept.id).toBeDefined())
  await vi.waitFor(() => expect(router.currentRoute.value.params.part).toBe(kept.id))
  expect(kept.turns).toHaveLength(1)
})
