import { contractVoice, type ContractLight } from '#protocol/contracts.ts'
import type { Lang, Voice } from '#protocol/speech.ts'

/** The voices of the companion's plugins, by their ids among all voices. */
export const contractVoices = (lights: readonly ContractLight[]): readonly Voice[] =>
  lights.flatMap(({ name, displayName, offers }) =>
    (offers.voices ?? []).map(voice => ({
      ...voice,
      id: voice.id.startsWith(`${name}/`) ? voice.id : contractVoice(name, voice.id),
      name: `${voice.name} (${displayName})`,
      lang: readLang(voice.lang),
    })),
  )

/**
 * A plugin's tag of a language as one that every browser can name: `en-gb` for `en-gb-x-rp`. Plugins say what they like,
 * and a tag that is none breaks whoever asks for its name.
 */
export function readLang(tag: string): Lang {
  const subtags = tag.split('-')
  for (let most = subtags.length; most > 0; most--) {
    try {
      return new Intl.Locale(subtags.slice(0, most).join('-')).baseName.toLowerCase()
    } catch {
      // One subtag less may be a language.
    }
  }
  return 'und'
}
