import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import { readContractId } from '#protocol/contracts.ts'
import type { LanguageModelInfo } from '#protocol/language.ts'
import { useStudio } from '../studio.ts'
import { useConversePartner } from './store-partner.ts'
import { useConverse } from './store.ts'

/** Another language model, offered when a plugin's failed: none takes its place unasked. */
export const useOtherModel = defineStore('converse/other-model', () => {
  const studio = useStudio()
  const converse = useConverse()
  const partner = useConversePartner()
  const offer = shallowRef<LanguageModelInfo>()

  watch(
    () => converse.failure,
    async failure => {
      offer.value = undefined
      // One that is too slow says nothing of itself.
      const failed = failure?.details['plugin'] ?? readContractId(partner.model?.id ?? '')?.name
      if (failed === undefined || failure?.details['part'] !== 'answer') return
      const all = await studio.languages.list().catch(() => [])
      const found = await firstThere(all.filter(({ id }) => readContractId(id)?.name !== failed))
      if (converse.failure === failure) offer.value = found
    },
  )

  /** The first that could answer now. Of a plugin that names no model nobody knows whether it has one. */
  async function firstThere(all: readonly LanguageModelInfo[]): Promise<LanguageModelInfo | undefined> {
    for (const info of all) {
      const health = await studio.languages
        .open(info.id)
        .then(model => model.health())
        .catch(() => undefined)
      if (health?.state === 'ready' && (info.kind !== 'plugin' || health.models.length > 0)) return info
    }
    return undefined
  }

  return {
    offer: computed(() => offer.value),
    /** It answers from now on, what was not answered first. */
    async take(): Promise<void> {
      const { value } = offer
      if (!value) return
      const { unanswered } = converse
      converse.dismiss()
      await converse.answerWith(value.id)
      if (unanswered !== undefined) await converse.write(unanswered)
    },
  }
})
