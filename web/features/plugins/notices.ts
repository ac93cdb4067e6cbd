import { useI18n } from 'vue-i18n'
import { toSeamError } from '#protocol/errors.ts'
import { useNotices } from '../../ui/toast.ts'
import { failureWords } from './failure-words.ts'

/** Does work whose failure is told in a notice. Call in `setup`. */
export function useTold(): (work: Promise<unknown>) => Promise<void> {
  const { t, locale } = useI18n()
  const notify = useNotices()
  return async work => {
    try {
      await work
    } catch (error) {
      if (toSeamError(error).code === 'cancelled') return
      notify({ ...failureWords(error, t, locale.value), kind: 'error' })
    }
  }
}
