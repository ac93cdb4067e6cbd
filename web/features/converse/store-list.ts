import { defineStore } from 'pinia'
import type { ConversationSummary } from '../../storage/conversations-types.ts'
import { byOpened, byTitle, createDocumentList, createTrash } from '../../ui/document-list.ts'
import { useStudio } from '../studio.ts'
import { useConverse } from './store.ts'
import { useKeptTalk } from './store-kept.ts'

const ORDERS = {
  opened: byOpened,
  made: (a: ConversationSummary, b: ConversationSummary) => b.createdAt.localeCompare(a.createdAt),
  title: byTitle,
}

/** Every conversation of this browser, as rows. */
export const useConversationList = defineStore('converse/list', () => {
  const { conversations } = useStudio()
  const converse = useConverse()
  const kept = useKeptTalk()

  const trash = createTrash(conversations)
  const list = createDocumentList({
    orders: ORDERS,
    about: ({ title, opening = '', persona }: ConversationSummary) => `${title} ${opening} ${persona.name}`,
    read: async () => (await conversations()).list(),
    async follow(listener) {
      await trash.empty()
      return (await conversations()).watch(listener)
    },
  })

  return {
    ...list,
    async rename(id: string, title: string): Promise<void> {
      const store = await conversations()
      const conversation = await store.open(id)
      await store.save({ ...conversation, title }, conversation.revision)
      await list.refresh()
    },
    /** Ends the talk in it. Its sound goes when it can't be brought back any more. */
    async remove(id: string): Promise<void> {
      if (kept.id === id) await converse.clear()
      await trash.remove(id)
      await list.refresh()
    },
    async bringBack(id: string): Promise<void> {
      await trash.bringBack(id)
      await list.refresh()
    },
  }
})
