import { useI18n } from 'vue-i18n'
import { failureText, type Translate } from './failure.ts'
import { useNotices } from './toast.ts'

/** How a room puts a failure into words. */
export type Explain = (
  error: unknown,
  t: Translate,
  locale: string,
) => { readonly title: string; readonly text: string }

/** Does work whose failure is told in a notice. Call in `setup`. @returns whether the work went well */
export function useTold(explain: Explain = failureText): (work: Promise<unknown>) => Promise<boolean> {
  const { t, locale } = useI18n()
  const notify = useNotices()
  return async work => {
    try {
      await work
      return true
    } catch (error) {
      const { title, text } = explain(error, t, locale.value)
      notify({ title, text, kind: 'error' })
      return false
    }
  }
}
