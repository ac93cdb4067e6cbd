import type { Lang } from '#protocol/speech.ts'

/** The one of `languages` that a tag means: `en`, `en_GB` and `en-AU` are all English; its own region first. */
export function matchLang(tag: string, languages: readonly Lang[]): Lang | undefined {
  const wanted = tag.trim().toLowerCase().replaceAll('_', '-')
  const [primary] = wanted.split('-', 1)
  return languages.find(lang => lang === wanted) ?? languages.find(lang => lang.split('-', 1)[0] === primary)
}
