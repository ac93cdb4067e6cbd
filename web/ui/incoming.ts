import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'

/** Something that another app, or the system's file manager, handed to us. */
export interface Incoming {
  readonly title: string
  readonly text: string
  readonly files: readonly File[]
}

/** What waits for a room to take it: the share target and the file handlers put it here. */
export const useIncoming = defineStore('incoming', () => {
  const waiting = shallowRef<readonly Incoming[]>([])

  function put(item: Incoming): void {
    if (item.text.trim() || item.title.trim() || item.files.length > 0) waiting.value = [...waiting.value, item]
  }

  /** Hands everything over, once. */
  function take(): readonly Incoming[] {
    const items = waiting.value
    waiting.value = []
    return items
  }

  return { waiting: computed(() => waiting.value), put, take }
})
