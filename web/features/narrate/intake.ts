import { watch } from 'vue'
import { useI18n } from 'vue-i18n'
import { failureWords } from './failure-words.ts'
import { isText, useIncoming } from '../../ui/incoming.ts'
import { useNotices } from '../../ui/toast.ts'
import { useBringIn } from './bring-in.ts'

/**
 * Makes projects of what other apps share with us and of files that the system opens with us: the shell puts both into
 * `useIncoming`. Call in `setup`. @param opened is told of the project to show
 */
export function useIntake(opened: (project: string) => void): void {
  const incoming = useIncoming()
  const { bringIn, bringInText } = useBringIn()
  const notify = useNotices()
  const { t, locale } = useI18n()

  async function take() {
    for (const { title, text, files } of incoming.take(isText)) {
      try {
        const ids = files.length > 0 ? await bringIn(files) : [await bringInText(title, text)]
        const last = ids.at(-1)
        if (last !== undefined) opened(last)
      } catch (error) {
        const words = failureWords(error, t, locale.value)
        notify({ title: words.title, text: words.text, kind: 'error' })
      }
    }
  }

  watch(
    () => incoming.waiting.length,
    count => count > 0 && void take(),
    { immediate: true },
  )
}
