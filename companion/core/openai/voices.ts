import { KOKORO_VOICES } from '#engine/speech/kokoro/voices.ts'
import { contractVoice, readContractId, readContractVoice, type ContractLight } from '#protocol/contracts.ts'
import { SeamError } from '#protocol/errors.ts'
import type { Lang, Voice, VoiceBlend } from '#protocol/speech.ts'
import { pluginOf, voicesOf } from '../contracts/routed-speech.ts'
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

/** A voice with the language that it speaks, and the plugin that it is of. */
export interface NamedVoice {
  readonly voice: VoiceBlend
  readonly lang: Lang
  readonly plugin?: string
}

/**
 * A voice of ours, a mix of them, or OpenAI's name for one; of a plugin `NAME/VOICE`, or VOICE with its model.
 * @param model as it was asked for @param lights contract plugins that there are
 * @throws SeamError bad-input, not-found with the nearest name
 */
export function readVoice(name: string, model: string, lights: readonly ContractLight[]): NamedVoice {
  const ofModel = readContractId(model)?.name
  const plugin = ofModel ?? readContractVoice(name)?.name
  if (plugin === undefined) {
    const ours = Object.hasOwn(STAND_INS, name.toLowerCase()) ? STAND_INS[name.toLowerCase()]! : name
    return named(ours, KOKORO_VOICES)
  }
  const voices = voicesOf(lights).filter(({ id }) => readContractVoice(id)?.name === plugin)
  return { ...named(readContractVoice(name) ? name : contractVoice(plugin, name), voices), plugin }
}

function named(name: string, voices: readonly Voice[]): NamedVoice {
  try {
    const voice = parseVoice(name, voices)
    pluginOf(voice)
    return { voice, lang: voices.find(({ id }) => id === voice[0]!.id)!.lang }
  } catch (error) {
    if (!(error instanceof SeamError)) throw error
    // A name that nobody has is a wrong value to OpenAI's clients, not a wrong address.
    throw new SeamError('bad-input', error.message, {
      details: { param: 'voice', code: 'invalid_voice' },
      cause: error,
    })
  }
}
