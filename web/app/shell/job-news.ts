import { useWakeLock } from '@vueuse/core'
import { watch } from 'vue'
import { useI18n } from 'vue-i18n'
import { announce } from '../../ui/announce.ts'
import { failureText } from '../../ui/failure.ts'
import { useJobs, type JobState } from '../../ui/jobs.ts'
import { useNotices } from '../../ui/toast.ts'

/** Tells when work ends, keeps the screen awake while it runs, and counts it on the app's icon. */
export function useJobNews(): void {
  const { t, locale } = useI18n()
  const jobs = useJobs()
  const notice = useNotices()
  const wake = useWakeLock()
  const states = new Map<string, JobState>()

  watch(
    () => jobs.jobs,
    list => {
      for (const job of list) {
        if (states.get(job.id) === job.state) continue
        const before = states.get(job.id)
        states.set(job.id, job.state)
        if (job.state === 'done' && before) announce(t('jobs.saidDone', { title: job.title }))
        else if (job.state === 'cancelled') announce(t('jobs.saidCancelled', { title: job.title }))
        else if (job.state === 'failed') {
          const { text, retryable } = failureText(job.failure, t, locale.value)
          notice({
            kind: 'error',
            title: t('jobs.saidFailed', { title: job.title }),
            text,
            ...(retryable ? { action: { label: t('kit.again'), run: () => jobs.retry(job.id) } } : {}),
          })
        }
      }
      for (const id of states.keys()) if (!list.some(job => job.id === id)) states.delete(id)
    },
  )

  watch(
    () => jobs.running.length,
    async count => {
      try {
        if (count > 0) await navigator.setAppBadge?.(count)
        else await navigator.clearAppBadge?.()
        if (count > 0 && !wake.isActive.value) await wake.request('screen')
        else if (count === 0 && wake.isActive.value) await wake.release()
      } catch {
        // Neither is promised by every browser, and both may be refused on battery.
      }
    },
  )
}
