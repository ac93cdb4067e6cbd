import { useDocumentVisibility } from '@vueuse/core'
import { computed, onScopeDispose, watch } from 'vue'

/**
 * Looks again and again, `every` so many milliseconds after the last look, while it is `wanted` and somebody looks at
 * the page. Ends with the scope, and with it the look that is on its way.
 * @param look must tell of its failures itself
 */
export function usePolling(
  wanted: () => boolean,
  every: number,
  look: (signal: AbortSignal) => Promise<unknown>,
): void {
  const visibility = useDocumentVisibility()
  const active = computed(() => wanted() && visibility.value === 'visible')
  let timer: ReturnType<typeof setTimeout> | undefined
  let abort: AbortController | undefined

  function stop(): void {
    clearTimeout(timer)
    abort?.abort()
    abort = undefined
  }

  function begin(): void {
    const { signal } = (abort = new AbortController())
    const again = () => {
      timer = setTimeout(() => {
        void look(signal)
          .catch(() => undefined)
          .then(() => !signal.aborted && again())
      }, every)
    }
    again()
  }

  watch(active, now => (now ? begin() : stop()), { immediate: true })
  onScopeDispose(stop)
}
