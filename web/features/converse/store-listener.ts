import { defineStore } from 'pinia'
import { computed, onScopeDispose, ref } from 'vue'
import { contractId } from '#protocol/contracts.ts'
import { chosenListener } from '../../engine/transcribe/chosen.page.ts'
import { useContracts } from '../contracts.ts'

/** What listens to talk: this page's own recogniser, or a plugin of the companion. */
export const useListener = defineStore('converse/listener', () => {
  const { lights, lightOf } = useContracts()
  const chosen = ref(chosenListener.id)
  onScopeDispose(chosenListener.watch(() => (chosen.value = chosenListener.id)))

  return {
    /** Undefined where this page listens itself. */
    chosen: computed(() => chosen.value),
    light: computed(() => (chosen.value === undefined ? undefined : lightOf(chosen.value))),
    plugins: computed(() =>
      lights.value
        .filter(({ contract }) => contract === 'stt')
        .map(({ name, displayName }) => ({ id: contractId(name), name: displayName })),
    ),
    /** From the next word on. */
    choose: (id: string | undefined) => chosenListener.set(id),
  }
})
