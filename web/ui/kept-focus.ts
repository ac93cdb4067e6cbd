import { useEventListener, useMutationObserver } from '@vueuse/core'
import type { Ref } from 'vue'

type Place = Readonly<Ref<HTMLElement | null>>

/**
 * A button that goes away by being pressed must not take the keyboard's place in the page with it: where what had the
 * focus is gone from `within`, `otherwise`, which can have it and stays, gets it. Call in `setup`.
 */
export function useKeptFocus(within: Place, otherwise: Place): void {
  let last: EventTarget | null = null
  useEventListener(within, 'focusin', ({ target }: FocusEvent) => (last = target))
  useEventListener(within, 'focusout', ({ relatedTarget }: FocusEvent) => {
    // It went somewhere else; what is removed leaves it to nobody.
    if (relatedTarget) last = null
  })
  useMutationObserver(
    within,
    () => {
      if (!(last instanceof HTMLElement) || last.isConnected) return
      last = null
      if (document.activeElement === document.body) otherwise.value?.focus({ preventScroll: true })
    },
    { childList: true, subtree: true },
  )
}
