import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import { readContractId } from '#protocol/contracts.ts'
import type { LanguageModelInfo } from '#protocol/language.ts'
import { useStudio } from '../studio.ts'
import { useConverse } from './store.ts'

/** Another language model, offered when a plugin's failed: none takes its place unasked. */
export const useOtherModel = defineStore('converse/other-model', () => {
  const studio = useStudio()
  const converse = useConverse()
  const offer = shallowRef<LanguageModelInfo>()

  watch(
    () => converse.failure,
    async failure => {
      offer.value = undefined
      const failed = failure?.details['plugin']
      if (typeof failed !== 'string' || failure?.details['part'] !== 'answer') return
      const all = await studio.languages.list().catch(() => [])
      if (converse.failure === failure) offer.value = all.find(({ id }) => readContractId(id)?.name !== failed)
    },
  )

  return {
    offer: computed(() => offer.value),
    async take(): Promise<void> {
      const { value } = offer
      if (!value) return
      converse.dismiss()
      await converse.answerWith(value.id)
    },
  }
})
