import { onMounted, shallowRef, watch } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRouter } from 'vue-router'
import { toSeamError, type SeamError } from '#protocol/errors.ts'
import { useConverse } from './store.ts'
import { useKeptTalk } from './store-kept.ts'

export const TALK_PATH = '/studio/converse'

/**
 * The conversation that the address names is the one that is shown; one that begins gets an address when its first turn
 * is kept, so that a reload shows it again. Call in `setup`.
 */
export function useConversationPlace(id: () => string | undefined) {
  const { t } = useI18n()
  const router = useRouter()
  const converse = useConverse()
  const kept = useKeptTalk()
  const failure = shallowRef<SeamError>()

  async function follow(): Promise<void> {
    const wanted = id()
    failure.value = undefined
    if (wanted === undefined) {
      if (kept.id !== undefined) await router.replace(`${TALK_PATH}/${kept.id}`)
    } else {
      await converse.open(wanted).catch(error => (failure.value = toSeamError(error)))
    }
  }

  onMounted(() => {
    // The persona's model may be long in coming; what was said need not wait for it.
    void converse.begin({ user: t('converse.you') })
    void follow()
  })
  watch(id, follow)
  watch(
    () => kept.id,
    (now, before) => {
      // The address goes along; one that was chosen meanwhile stays.
      const named = id()
      if (now === undefined || (named !== undefined && named !== before)) return
      void router.replace(`${TALK_PATH}/${now}`)
    },
  )

  return { failure, again: follow }
}
