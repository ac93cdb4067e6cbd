import type { Lang, Voice } from '#protocol/speech.ts'

/** No language, or none that its plugin could say. */
const UNKNOWN = 'und'

/**
 * The languages of voices, to choose from: by their names. Plugins bring languages that a browser can't name; those are
 * called as their first voice is.
 * @param others what voices without a language are called
 */
export function voiceLanguages(
  voices: readonly Voice[],
  locale: string,
  others: string,
): readonly { readonly value: Lang; readonly label: string }[] {
  const names = new Intl.DisplayNames(locale, { type: 'language', fallback: 'none' })
  const found = new Map<Lang, string>()
  for (const { lang, name } of voices) {
    if (!found.has(lang)) found.set(lang, lang === UNKNOWN ? others : (names.of(lang) ?? name))
  }
  return [...found]
    .map(([value, label]) => ({ value, label }))
    .sort((one, other) => rank(one) - rank(other) || one.label.localeCompare(other.label, locale))
}

const rank = ({ value }: { readonly value: Lang }) => Number(value === UNKNOWN)
