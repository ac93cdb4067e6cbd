import { kokoroInfo } from '#engine/speech/kokoro/meta.ts'
import { KOKORO_VOICES } from '#engine/speech/kokoro/voices.ts'
import { SeamError } from '#protocol/errors.ts'
import { parseVoice } from '../voice.ts'
import type { SettingKey, SettingValue } from './settings.ts'

/** @throws SeamError bad-input, when it is no language that can be spoken */
export function checkLang(lang: string): void {
  const { languages } = kokoroInfo
  if (languages.includes(lang)) return
  throw new SeamError('bad-input', `“${lang}” is no language that can be spoken: there are ${languages.join(', ')}.`)
}

/**
 * What only speaking finds out about a setting. A file with an outdated voice must not keep other commands from their
 * work, thus it is not asked when settings are read. @throws SeamError bad-input, not-found with the nearest name
 */
export function checkSpeech(key: SettingKey, value: SettingValue): void {
  if (key === 'speech.voice') parseVoice(String(value), KOKORO_VOICES)
  if (key === 'speech.lang') checkLang(String(value))
}
