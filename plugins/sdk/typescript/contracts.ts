// Before anything else: it keeps standard output for messages.
export { serveContract } from './contracts/serve.ts'
export { ContractError, ERROR_CODES } from './contracts/errors.ts'
export { pcm, readSound, type Sound } from './contracts/audio.ts'
export { languageMethods, type LanguageServer } from './contracts/language.ts'
export { untilStop } from './contracts/stop-sequences.ts'
export {
  defineContract,
  type AudioData,
  type CallRun,
  type ContractPlugin,
  type Health,
  type HostInfo,
  type Message,
  type Methods,
  type Sampling,
  type Status,
  type Transcript,
  type Value,
  type Voice,
  type Word,
} from './contracts/types.ts'
