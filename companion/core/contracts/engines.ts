import type { Recogniser } from '#engine/transcribe/recogniser.ts'
import { contractId } from '#protocol/contracts.ts'
import { SeamError } from '#protocol/errors.ts'
import type { LanguageModel } from '#protocol/language.ts'
import type { SpeechEngine } from '#protocol/speech.ts'
import { SPEECH_RATE } from '../speakers/speak-text.ts'
import { ContractRecogniser } from './ears.ts'
import { ContractModel } from './mind.ts'
import type { ContractPlugin } from './plugin.ts'
import { voicesOf } from './routed-speech.ts'
import { ContractSpeech } from './voice.ts'

/** @throws SeamError bad-input (it is no voice) */
export function speechOf(plugin: ContractPlugin): SpeechEngine {
  requireContract(plugin, 'tts', 'speak')
  const { displayName, version } = plugin.manifest
  const voices = () => voicesOf([plugin.light()])
  const languages = [...new Set(voices().map(({ lang }) => lang))]
  const info = { id: contractId(plugin.name), name: displayName, version, languages, sampleRate: SPEECH_RATE }
  return new ContractSpeech({ info, slot: plugin.slot, voices })
}

/** @throws SeamError bad-input (it does not hear) */
export function recogniserOf(plugin: ContractPlugin): Recogniser {
  requireContract(plugin, 'stt', 'hear')
  const { displayName, version } = plugin.manifest
  const languages = (plugin.offers.languages ?? []).map(({ id }) => id)
  const info = { id: contractId(plugin.name), name: displayName, version, languages, wordTimes: false }
  return new ContractRecogniser({ info, slot: plugin.slot })
}

/** @param model the plugin's own choice when empty @throws SeamError bad-input (it is no language model) */
export function modelOf(plugin: ContractPlugin, model: string): LanguageModel {
  requireContract(plugin, 'llm', 'answer')
  const { name, slot, manifest } = plugin
  return new ContractModel({ name, displayName: manifest.displayName, model, slot })
}

function requireContract({ name, manifest }: ContractPlugin, contract: string, does: string): void {
  if (manifest.contract === contract) return
  const own = manifest.contract
  throw new SeamError('bad-input', `“${name}” can’t ${does}: its contract is ${own}, and ${contract} is needed.`, {
    details: { plugin: name },
  })
}
