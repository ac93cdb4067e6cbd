import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'

/** A microphone that stays open when its room is left. */
export interface OpenMicrophone {
  /** Where one sees what it is open for. */
  readonly path: string
  close(): unknown
}

/** What the shell shows of it, and how it is closed from any room. A recording is in the job tray instead. */
export const useOpenMicrophone = defineStore('open-microphone', () => {
  const now = shallowRef<OpenMicrophone>()
  return {
    path: computed(() => now.value?.path),
    close: async () => now.value?.close(),

    /** @returns an end to it, for when the microphone is closed */
    show(mine: OpenMicrophone): () => void {
      now.value = mine
      return () => {
        if (now.value === mine) now.value = undefined
      }
    },
  }
})
