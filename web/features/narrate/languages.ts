import type { Lang } from '#protocol/speech.ts'

/** "American English" for `en-us`, in the user's language. */
export function languageName(lang: Lang, locale: string): string {
  try {
    const [language, region] = lang.split('-')
    const tag = region ? `${language}-${region.toUpperCase()}` : lang
    return new Intl.DisplayNames(locale, { type: 'language' }).of(tag) ?? lang
  } catch {
    return lang
  }
}
