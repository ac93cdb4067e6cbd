import { defineStore } from 'pinia'
import type { TranscriptSummary } from '../../storage/transcripts-types.ts'
import { byOpened, byTitle, createDocumentList, createTrash } from '../../ui/document-list.ts'
import { useKept } from './kept.ts'
import { useDesk } from './store-desk.ts'
import { useListening } from './store-playback.ts'
import { useRecorder } from './store-record.ts'
import { useTranscribing } from './store-work.ts'

const ORDERS = {
  opened: byOpened,
  made: (a: TranscriptSummary, b: TranscriptSummary) => b.createdAt.localeCompare(a.createdAt),
  title: byTitle,
}

/** Every transcript of this browser, as rows. */
export const useTranscriptList = defineStore('transcribe/list', () => {
  const kept = useKept()
  const desk = useDesk()
  const work = useTranscribing()
  const recorder = useRecorder()
  const listening = useListening()

  const trash = createTrash(kept)
  const list = createDocumentList({
    orders: ORDERS,
    about: ({ title, opening = '', source }: TranscriptSummary) => `${title} ${opening} ${source.name}`,
    read: async () => (await kept()).list(),
    async follow(listener) {
      await trash.empty()
      return (await kept()).watch(listener)
    },
  })

  return {
    ...list,
    async rename(id: string, title: string): Promise<void> {
      const session = await desk.acquire(id)
      session.change({ ...session.transcript.value, title })
      await desk.release(id)
      await list.refresh()
    },
    /** Ends what is done with it. Its sound goes when it can't be brought back any more. */
    async remove(id: string): Promise<void> {
      if (recorder.id === id) await recorder.stop({ reads: false })
      work.cancel(id)
      listening.leave(id)
      await trash.remove(id)
      await list.refresh()
    },
    async bringBack(id: string): Promise<void> {
      await trash.bringBack(id)
      await list.refresh()
    },
  }
})
