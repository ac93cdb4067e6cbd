import { KOKORO_VOICES } from '#engine/speech/kokoro/voices.ts'
import { SeamError } from '#protocol/errors.ts'
import type { Lang, VoiceBlend } from '#protocol/speech.ts'
import { parseVoice } from '../voice.ts'

/** For each of OpenAI's voices the nearest of ours: the one of its name, or one of its kind. */
export const STAND_INS: Readonly<Record<string, string>> = {
  alloy: 'af_alloy',
  ash: 'am_michael',
  ballad: 'bm_george',
  cedar: 'am_fenrir',
  coral: 'af_heart',
  echo: 'am_echo',
  fable: 'bm_fable',
  marin: 'af_aoede',
  nova: 'af_nova',
  onyx: 'am_onyx',
  sage: 'af_sarah',
  shimmer: 'af_bella',
  verse: 'am_puck',
}

/**
 * A voice of ours, a mix of them, or OpenAI's name for one, with the language that it speaks.
 * @throws SeamError bad-input, not-found with the nearest name
 */
export function readVoice(name: string): { readonly voice: VoiceBlend; readonly lang: Lang } {
  const ours = Object.hasOwn(STAND_INS, name.toLowerCase()) ? STAND_INS[name.toLowerCase()]! : name
  try {
    const voice = parseVoice(ours, KOKORO_VOICES)
    return { voice, lang: KOKORO_VOICES.find(({ id }) => id === voice[0]!.id)!.lang }
  } catch (error) {
    if (!(error instanceof SeamError)) throw error
    // A name that nobody has is a wrong value to OpenAI's clients, not a wrong address.
    throw new SeamError('bad-input', error.message, {
      details: { param: 'voice', code: 'invalid_voice' },
      cause: error,
    })
  }
}
