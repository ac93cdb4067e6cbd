import { defineStore } from 'pinia'
import { computed, onScopeDispose, shallowRef } from 'vue'

/** Something that the command palette offers, and that a key may do. */
export interface Command {
  readonly id: string
  /** In the user's language. */
  readonly label: string
  /** Heading it is listed under, in the user's language. */
  readonly group: string
  readonly icon?: string
  /** Shown beside it, e.g. `['meta', 'e']`; the room itself listens for it. */
  readonly keys?: readonly string[]
  run(): unknown
}

export const useCommands = defineStore('commands', () => {
  const lists = shallowRef<readonly (() => readonly Command[])[]>([])

  /** Offers `list` (read anew each time, so that labels follow the language) until the calling scope ends. */
  function offer(list: () => readonly Command[]): void {
    lists.value = [...lists.value, list]
    onScopeDispose(() => {
      lists.value = lists.value.filter(other => other !== list)
    })
  }

  return { commands: computed(() => lists.value.flatMap(list => list())), offer }
})
