/** Codes of docs/contract-plugins.md, 11. Positive ones that are not listed are a plugin's own. */
export const ERROR_CODES = {
  PARSE: -32700,
  INVALID_REQUEST: -32600,
  METHOD_NOT_FOUND: -32601,
  INVALID_PARAMS: -32602,
  INTERNAL: -32603,
  NOT_INITIALIZED: -32002,
  CANCELLED: -32800,
  TTS_SYNTHESIS_FAILED: 1000,
  TTS_VOICE_NOT_FOUND: 1001,
  TTS_TEXT_TOO_LONG: 1002,
  STT_TRANSCRIPTION_FAILED: 1100,
  STT_AUDIO_INVALID: 1101,
  LLM_COMPLETION_FAILED: 1200,
  LLM_MODEL_NOT_AVAILABLE: 1201,
} as const

/** Characters of a message that a host keeps. */
const MAX_MESSAGE = 4096
/** What a failure without a code of its own is, by contract. */
const FAILED: Readonly<Record<string, number>> = {
  tts: ERROR_CODES.TTS_SYNTHESIS_FAILED,
  stt: ERROR_CODES.STT_TRANSCRIPTION_FAILED,
  llm: ERROR_CODES.LLM_COMPLETION_FAILED,
}

/** What went wrong, for whoever called: full sentences that say what can be done. */
export class ContractError extends Error {
  override readonly name = 'ContractError'
  readonly code: number
  readonly data: unknown

  /** @param code a number, or its name in ERROR_CODES @param data more about it, as JSON */
  constructor(code: number | keyof typeof ERROR_CODES, message: string, data?: unknown) {
    super(message)
    this.code = typeof code === 'number' ? code : ERROR_CODES[code]
    this.data = data
    if (!Number.isInteger(this.code)) throw new TypeError(`${code} is no code: whole numbers are.`)
  }
}

/** The `error` of an answer. */
export interface WireError {
  readonly code: number
  readonly message: string
  readonly data?: unknown
}

/** Whatever a method threw, as it is told. Only what is none of its own words is a defect: its stack goes to the log. */
export function wireError(error: unknown, contract: string): WireError {
  if (error instanceof ContractError) {
    const { code, message, data } = error
    return { code, message: shortened(message), ...(data === undefined ? {} : { data }) }
  }
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  const said = error instanceof Error ? error.message : String(error)
  const message = shortened(`The plugin failed unexpectedly: ${said || 'no reason given'}`)
  return { code: FAILED[contract] ?? ERROR_CODES.INTERNAL, message: /[.!?]$/.test(message) ? message : `${message}.` }
}

const shortened = (message: string) =>
  message.length > MAX_MESSAGE - 1 ? `${message.slice(0, MAX_MESSAGE - 2)}…` : message
