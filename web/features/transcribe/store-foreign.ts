import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'

/** Files that only FFmpeg reads: it is fetched when the user agrees, once for all files until the page is closed. */
export const useForeign = defineStore('transcribe/foreign', () => {
  const asked = shallowRef<{ readonly name: string; answer(yes: boolean): void }>()
  let agreed = false
  return {
    /** The file that the user is asked about. */
    asked: computed(() => asked.value),
    ask(name: string): Promise<boolean> {
      if (agreed) return Promise.resolve(true)
      asked.value?.answer(false)
      return new Promise(resolve => {
        asked.value = {
          name,
          answer(yes) {
            agreed ||= yes
            asked.value = undefined
            resolve(yes)
          },
        }
      })
    },
  }
})
