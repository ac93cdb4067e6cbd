import { readonly, ref, type Ref } from 'vue'

const polite = ref('')
const assertive = ref('')

/** What was said in this moment: the regions show only what they hold after it. */
const fresh = new Map<Ref<string>, string>()

/** What the shell's live regions hold now. */
export const announcements: Readonly<{ polite: Readonly<Ref<string>>; assertive: Readonly<Ref<string>> }> = {
  polite: readonly(polite),
  assertive: readonly(assertive),
}

/**
 * Tells a screen reader something that the eye sees anyway. `urgent` interrupts what is being read: errors only.
 * The same sentence said twice is read twice. Those of one moment are read one after the other.
 */
export function announce(sentence: string, urgent = false): void {
  const region = urgent ? assertive : polite
  const before = fresh.get(region)
  const said = before === undefined || before === sentence ? sentence : `${before} ${sentence}`
  fresh.set(region, said)
  queueMicrotask(() => fresh.delete(region))
  region.value = region.value === said ? `${said}\u200b` : said
}
