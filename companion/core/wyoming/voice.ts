import { kokoroInfo } from '#engine/speech/kokoro/meta.ts'
import { KOKORO_VOICES } from '#engine/speech/kokoro/voices.ts'
import { SeamError } from '#protocol/errors.ts'
import type { Voice } from '#protocol/speech.ts'
import { matchLang } from '../match-lang.ts'
import type { Manner } from '../sentences.ts'
import { parseVoice } from '../voice.ts'

/** What the settings say, for a client that does not choose. */
export interface OwnManner {
  readonly voice: string
  /** 0.5…2 */
  readonly speed: number
}

/**
 * The voice of a request: by name, a mix included, or the best of a language, or the one of the settings.
 * @param wanted the event’s `voice`
 * @throws SeamError not-found, bad-input
 */
export function mannerOf(wanted: unknown, { voice: own, speed }: OwnManner): Manner {
  const { name, language } = typeof wanted === 'object' && wanted !== null ? (wanted as Record<string, unknown>) : {}
  if (typeof name === 'string' && name !== '') return byName(name, speed)
  const usual = byName(own, speed)
  if (typeof language !== 'string' || language === '') return usual
  const lang = spokenLang(language)
  if (usual.lang === lang) return usual
  const native = bestOf(KOKORO_VOICES.filter(voice => voice.lang === lang))
  // Languages without a voice of their own are spoken by any.
  return native ? { lang, voice: [{ id: native.id, weight: 1 }], speed } : { ...usual, lang }
}

function byName(name: string, speed: number): Manner {
  const voice = parseVoice(name, KOKORO_VOICES)
  return { voice, speed, lang: KOKORO_VOICES.find(({ id }) => id === voice[0]!.id)!.lang }
}

function spokenLang(tag: string): string {
  const { languages } = kokoroInfo
  const found = matchLang(tag, languages)
  if (found !== undefined) return found
  const there = languages.join(', ')
  throw new SeamError('bad-input', `“${tag.slice(0, 35)}” is no language that is spoken here: there are ${there}.`)
}

/** By the maker’s grade: `A` before `A-` before `B`. */
function bestOf(voices: readonly Voice[]): Voice | undefined {
  const order = ({ grade = 'Z' }: Voice) => grade.charCodeAt(0) * 3 + (grade[1] === '+' ? -1 : grade[1] === '-' ? 1 : 0)
  return voices.toSorted((a, b) => order(a) - order(b))[0]
}
