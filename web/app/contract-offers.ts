import { contractVoice, type ContractLight } from '#protocol/contracts.ts'
import type { Lang, Voice } from '#protocol/speech.ts'

/** The voices of the companion's plugins, by their ids among all voices. */
export const contractVoices = (lights: readonly ContractLight[]): readonly Voice[] =>
  lights.flatMap(({ name, displayName, offers }) =>
    (offers.voices ?? []).map(voice => ({
      ...voice,
      id: voice.id.startsWith(`${name}/`) ? voice.id : contractVoice(name, voice.id),
      name: voice.name === displayName ? displayName : `${voice.name} (${displayName})`,
      lang: readLang(voice.lang),
    })),
  )

/** Regions that have a name here: there are codes for half the world. */
const REGIONS = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })

/**
 * A plugin's tag of a language as one that every browser can name: `en-gb` for `en-gb-scotland` and `en-gb-x-rp`. Plugins
 * say what they like, and a tag that is none breaks whoever asks for its name.
 */
export function readLang(tag: string): Lang {
  const subtags = tag.split('-')
  for (let most = subtags.length; most > 0; most--) {
    try {
      const { language, script, region } = new Intl.Locale(subtags.slice(0, most).join('-'))
      const named = region !== undefined && REGIONS.of(region) !== undefined ? region : undefined
      return [language, script, named].filter(Boolean).join('-').toLowerCase()
    } catch {
      // One subtag less may be a language.
    }
  }
  return 'und'
}
