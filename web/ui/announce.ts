import { readonly, ref, type Ref } from 'vue'

const polite = ref('')
const assertive = ref('')

/** What the shell's live regions hold now. */
export const announcements: Readonly<{ polite: Readonly<Ref<string>>; assertive: Readonly<Ref<string>> }> = {
  polite: readonly(polite),
  assertive: readonly(assertive),
}

/**
 * Tells a screen reader something that the eye sees anyway. `urgent` interrupts what is being read: errors only.
 * The same sentence said twice is read twice.
 */
export function announce(sentence: string, urgent = false): void {
  const region = urgent ? assertive : polite
  region.value = region.value === sentence ? `${sentence}\u200b` : sentence
}
