import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'

/** Something that another app, or the system's file manager, handed to us. */
export interface Incoming {
  readonly title: string
  readonly text: string
  readonly files: readonly File[]
}

/** Whether it is a pipeline, for the Plugins room; anything else is text for Narrate. */
export const isPipeline = ({ files }: Incoming): boolean =>
  files.length > 0 && files.every(({ name }) => name.toLowerCase().endsWith('.cr'))

/** What waits for a room to take it: the share target and the file handlers put it here. */
export const useIncoming = defineStore('incoming', () => {
  const waiting = shallowRef<readonly Incoming[]>([])

  function put(item: Incoming): void {
    if (item.text.trim() || item.title.trim() || item.files.length > 0) waiting.value = [...waiting.value, item]
  }

  /** Hands over what a room `fits`, once; the rest waits for another. */
  function take(fits: (item: Incoming) => boolean): readonly Incoming[] {
    const items = waiting.value.filter(fits)
    if (items.length > 0) waiting.value = waiting.value.filter(item => !items.includes(item))
    return items
  }

  return { waiting: computed(() => waiting.value), put, take }
})
