import { availableParallelism } from 'node:os'
import { kokoroInfo } from '../../web/engine/speech/kokoro/meta.ts'
import { KOKORO_VOICES } from '../../web/engine/speech/kokoro/voices.ts'
import { parseVoice } from '../../companion/core/voice.ts'
import { nearest } from '../../companion/core/nearest.ts'
import { SeamError } from '../../companion/protocol/errors.ts'
import type { VoiceBlend } from '../../companion/protocol/speech.ts'
import { PluginError } from '../sdk/typescript/errors.ts'
import type { Options } from '../sdk/typescript/handshake.ts'

export interface Settings {
  readonly voice: VoiceBlend
  readonly lang: string
  readonly speed: number
  /** Seconds. */
  readonly sentencePause: number
  readonly paragraphPause: number
  /** Processes that speak. */
  readonly sessions: number
  /** Processor threads of each. */
  readonly threads: number
}

/** Sessions when nobody says how many: beyond, memory is dearer than time. */
const MAX_SESSIONS = 4
/** Bytes that one session takes at most, with its network and dictionaries. */
const SESSION_MEMORY = 800e6

/** @throws PluginError BAD_OPTION, with the nearest name of a voice or language that is not there */
export function readSettings(
  options: Options,
  { cores = availableParallelism(), memory = process.availableMemory() } = {},
): Settings {
  const voice = readVoice(options.text('voice', 'af_heart'))
  // One thread a session where there is memory for it: sessions share nothing, and threads of one wait for each other.
  const fitting = Math.max(1, Math.floor(memory / SESSION_MEMORY))
  const sessions = options.number('sessions', 0) || Math.min(cores, MAX_SESSIONS, fitting)
  return {
    voice,
    lang: readLang(options.text('lang', ''), voice),
    speed: options.number('speed', 1),
    sentencePause: options.number('sentence_pause', 0.35),
    paragraphPause: options.number('paragraph_pause', 0.75),
    sessions,
    threads: options.number('threads', 0) || Math.max(1, Math.min(4, Math.floor(cores / sessions))),
  }
}

function readVoice(text: string): VoiceBlend {
  try {
    return parseVoice(text, KOKORO_VOICES)
  } catch (error) {
    if (!(error instanceof SeamError)) throw error
    throw new PluginError('BAD_OPTION', error.message, { cause: error })
  }
}

function readLang(text: string, voice: VoiceBlend): string {
  if (text === '') return KOKORO_VOICES.find(({ id }) => id === voice[0]!.id)!.lang
  const lang = text.toLowerCase()
  const { languages } = kokoroInfo
  if (languages.includes(lang)) return lang
  const meant = nearest(lang, languages)
  const hint = meant ? `Did you mean “${meant}”?` : `There are ${languages.join(', ')}.`
  throw new PluginError('BAD_OPTION', `There is no language “${text}” here. ${hint}`)
}
