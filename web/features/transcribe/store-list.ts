import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { toSeamError, type SeamError } from '#protocol/errors.ts'
import type { TranscriptSummary } from '../../storage/transcripts-types.ts'
import { useKept } from './kept.ts'
import { useDesk } from './store-desk.ts'
import { useListening } from './store-playback.ts'
import { useRecorder } from './store-record.ts'
import { useTranscribing } from './store-work.ts'

export type ListOrder = 'opened' | 'made' | 'title'

/** Milliseconds in which a deleted transcript can be brought back. */
export const UNDO_FOR = 15_000

/** Every transcript of this browser, as rows. */
export const useTranscriptList = defineStore('transcribe/list', () => {
  const kept = useKept()
  const desk = useDesk()
  const work = useTranscribing()
  const recorder = useRecorder()
  const listening = useListening()

  const rows = shallowRef<readonly TranscriptSummary[]>([])
  const loaded = ref(false)
  const error = shallowRef<SeamError>()
  const query = ref('')
  const order = ref<ListOrder>('opened')

  const nameOf = ({ title, opening = '' }: TranscriptSummary) => title || opening
  const lastSeen = (row: TranscriptSummary) => row.openedAt ?? row.updatedAt
  const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

  const shown = computed(() => {
    const words = query.value.toLocaleLowerCase().split(/\s+/).filter(Boolean)
    const found = rows.value.filter(row => {
      const about = `${row.title} ${row.opening ?? ''} ${row.source.name}`.toLocaleLowerCase()
      return words.every(word => about.includes(word))
    })
    return found.sort((a, b) => {
      if (order.value === 'title') return collator.compare(nameOf(a), nameOf(b))
      return order.value === 'made' ? b.createdAt.localeCompare(a.createdAt) : lastSeen(b).localeCompare(lastSeen(a))
    })
  })

  async function refresh(): Promise<void> {
    try {
      rows.value = await (await kept()).list()
      error.value = undefined
    } catch (cause) {
      error.value = toSeamError(cause)
    }
    loaded.value = true
  }

  let watching: (() => void) | undefined
  /** Reads the list, and follows other tabs until `unwatch`. */
  async function watch(): Promise<void> {
    try {
      const store = await kept()
      watching ??= store.watch(() => void refresh())
      await store.purge(Date.now() - UNDO_FOR)
    } catch (cause) {
      error.value = toSeamError(cause)
    }
    await refresh()
  }

  return {
    rows: computed(() => rows.value),
    shown,
    loaded: computed(() => loaded.value),
    error: computed(() => error.value),
    query,
    order,

    watch,
    unwatch() {
      watching?.()
      watching = undefined
    },
    refresh,
    async rename(id: string, title: string): Promise<void> {
      const session = await desk.acquire(id)
      session.change({ ...session.transcript.value, title })
      await desk.release(id)
      await refresh()
    },
    /** Ends what is done with it. Its sound goes when it can't be brought back any more. */
    async remove(id: string): Promise<void> {
      work.cancel(id)
      if (recorder.id === id) await recorder.stop()
      listening.leave(id)
      const store = await kept()
      await store.remove(id)
      setTimeout(() => void store.purge(Date.now() - UNDO_FOR).catch(() => undefined), UNDO_FOR + 1000)
      await refresh()
    },
    async bringBack(id: string): Promise<void> {
      await (await kept()).restore(id)
      await refresh()
    },
  }
})
