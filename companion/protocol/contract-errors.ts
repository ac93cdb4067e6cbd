import type { Failure } from './errors.ts'

/**
 * What contract plugins may answer with, beside the codes of JSON-RPC. The one place: the Python and Rust SDKs' codes
 * and the table in docs/contract-plugins.md are made from it, or checked against it.
 */
export const CONTRACT_ERRORS = [
  { code: 1000, name: 'TTS_SYNTHESIS_FAILED', failure: 'engine', text: 'The text could not be spoken.' },
  { code: 1001, name: 'TTS_VOICE_NOT_FOUND', failure: 'not-found', text: 'There is no such voice.' },
  { code: 1002, name: 'TTS_TEXT_TOO_LONG', failure: 'bad-input', text: 'The text is too long for one call.' },
  { code: 1100, name: 'STT_TRANSCRIPTION_FAILED', failure: 'engine', text: 'The sound could not be transcribed.' },
  { code: 1101, name: 'STT_AUDIO_INVALID', failure: 'bad-input', text: 'The sound can’t be read.' },
  { code: 1200, name: 'LLM_COMPLETION_FAILED', failure: 'engine', text: 'No reply could be made.' },
  {
    code: 1201,
    name: 'LLM_MODEL_NOT_AVAILABLE',
    failure: 'not-found',
    text: 'There is no such model, or it is not loaded.',
  },
] as const satisfies readonly {
  readonly code: number
  readonly name: string
  readonly failure: Failure
  readonly text: string
}[]

/** JSON-RPC 2.0, section 5.1; the last two as the Language Server Protocol has them. */
export const RPC_ERRORS = {
  PARSE: -32700,
  INVALID_REQUEST: -32600,
  METHOD_NOT_FOUND: -32601,
  INVALID_PARAMS: -32602,
  INTERNAL: -32603,
  NOT_INITIALIZED: -32002,
  CANCELLED: -32800,
} as const

/** What the host itself says of a plugin: `details.failure` of its errors. */
export type ContractFailure =
  | 'SPAWN_FAILED'
  | 'INTERPRETER_MISSING'
  | 'DEPENDENCIES_MISSING'
  | 'BUILD_MISSING'
  | 'CONFIG_INVALID'
  | 'INITIALIZE_FAILED'
  | 'INITIALIZE_TIMEOUT'
  | 'CALL_TIMEOUT'
  | 'EXITED'
  | 'LINE_TOO_LARGE'
  | 'ATTACHMENT_TOO_LARGE'
  | 'NOT_UTF8'
  | 'TOO_MANY_FAULTS'
  | 'BAD_RESULT'
  | 'QUARANTINED'
  | 'SWAP_FAILED'
  | 'STATE_TOO_LARGE'
  | 'TOO_MANY_CALLS'
