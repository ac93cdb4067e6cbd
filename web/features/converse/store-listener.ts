import { defineStore } from 'pinia'
import { computed, onScopeDispose, ref } from 'vue'
import { contractId, readContractId } from '#protocol/contracts.ts'
import { chosenListener } from '../../engine/transcribe/chosen.page.ts'
import { useContracts } from '../contracts.ts'

/** What listens to talk: this page's own recogniser, or a plugin of the companion. */
export const useListener = defineStore('converse/listener', () => {
  const { lights } = useContracts()
  const chosen = ref(chosenListener.id)
  onScopeDispose(chosenListener.watch(() => (chosen.value = chosenListener.id)))

  const there = computed(() =>
    lights.value
      .filter(({ contract }) => contract === 'stt')
      .map(({ name, displayName }) => ({ id: contractId(name), name: displayName })),
  )

  return {
    /** Undefined where this page listens itself. */
    chosen: computed(() => chosen.value),
    plugins: computed(() => there.value),
    /** The name of the chosen one while it is not there: this page listens. */
    missing: computed(() => {
      const { value } = chosen
      if (value === undefined || there.value.some(({ id }) => id === value)) return undefined
      return readContractId(value)?.name ?? value
    }),
    /** From the next word on. */
    choose: (id: string | undefined) => chosenListener.set(id),
  }
})
