import { useI18n } from 'vue-i18n'
import { useNotices } from '../../ui/toast.ts'

/** Says how many sentences another voice had to say, at the end of a job. Call in `setup`. */
export function useInPlace(): (count: number) => void {
  const { t } = useI18n()
  const notify = useNotices()
  return count => {
    if (count === 0) return
    notify({
      kind: 'warning',
      title: t('narrate.inPlace.title', { count }, count),
      text: t('narrate.inPlace.text'),
      // Whoever comes back to a long job is to find it.
      duration: 0,
    })
  }
}
