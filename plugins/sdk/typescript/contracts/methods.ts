import { ContractError } from './errors.ts'
import { isBytes } from './values.ts'
import type { AnyMethod, Value } from './types.ts'

type Kind = 'text' | 'name' | 'bytes' | 'count' | 'number' | 'texts' | 'dialogue'
/** A parameter's kind; with `?` it may be missing. */
type Rule = Kind | `${Kind}?`

const sampling = { max_tokens: 'count?', temperature: 'number?', stop_sequences: 'texts?', model: 'name?' } as const

/** Parameters of the methods that are known: docs/contract-plugins.md, 12. */
export const PARAMETERS: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, Rule>>>>>> = {
  tts: {
    synthesize: { text: 'text', voice_id: 'name?' },
    get_voices: {},
    get_voice_info: { voice_id: 'name' },
  },
  stt: {
    transcribe: { audio: 'bytes', language: 'text?' },
    get_languages: {},
    start_stream: { language: 'text?' },
    feed_audio: { session_id: 'name', chunk: 'bytes' },
    end_stream: { session_id: 'name' },
  },
  llm: {
    complete: { prompt: 'text', ...sampling },
    chat: { messages: 'dialogue', ...sampling },
    get_models: {},
    stream_complete: { prompt: 'text?', messages: 'dialogue?', ...sampling },
  },
}

/** What is used where a caller says nothing. */
const DEFAULTS: Readonly<Record<string, Value>> = { max_tokens: 1024, temperature: 0.7 }
const ROLES = ['system', 'user', 'assistant']

const isText = (value: unknown) => typeof value === 'string'
const isMessage = (value: unknown) => {
  const { role, content } = (value ?? {}) as { readonly role?: unknown; readonly content?: unknown }
  return ROLES.includes(role as string) && isText(content)
}
const CHECKS: Readonly<Record<Kind, readonly [what: string, is: (value: Value) => boolean]>> = {
  text: ['text', isText],
  name: ['a name', value => isText(value) && value !== ''],
  bytes: ['sound, { "encoding", "mime", … }', isBytes],
  count: ['a whole number of 1 or more', value => Number.isInteger(value) && (value as number) >= 1],
  number: ['a number from 0 to 2', value => typeof value === 'number' && value >= 0 && value <= 2],
  texts: ['a list of texts', value => Array.isArray(value) && value.every(isText)],
  dialogue: [
    'a list of { "role", "content" }',
    value => Array.isArray(value) && value.length > 0 && value.every(isMessage),
  ],
}

/**
 * Parameters as the method gets them: checked where the method is a known one, defaults filled in.
 * @throws ContractError INVALID_PARAMS
 */
export function checkedParameters(contract: string, method: string, params: Record<string, Value>): typeof params {
  const rules = PARAMETERS[contract]?.[method]
  if (!rules) return params
  const checked = { ...params }
  for (const [name, rule] of Object.entries(rules)) {
    const kind = rule.replace('?', '') as Kind
    const [what, is] = CHECKS[kind]
    // A caller may say “nothing” either way.
    if (checked[name] === null) delete checked[name]
    const value = checked[name]
    if (value === undefined && name in DEFAULTS) checked[name] = DEFAULTS[name]
    else if (value === undefined && rule.endsWith('?')) continue
    else if (value === undefined) throw invalid(`“${method}” needs “${name}”: ${what}.`)
    else if (!is(value)) throw invalid(`“${name}” of “${method}” must be ${what}.`)
  }
  if (method === 'stream_complete' && checked['prompt'] === undefined && checked['messages'] === undefined) {
    throw invalid('“stream_complete” needs “prompt” or “messages”.')
  }
  return checked
}

const invalid = (message: string) => new ContractError('INVALID_PARAMS', message)

const GENERATOR = Object.getPrototypeOf(async function* () {}) as object

/** One method as `initialize` tells it. */
export function offered(contract: string, name: string, method: AnyMethod): { readonly [key: string]: Value } {
  const rules = PARAMETERS[contract]?.[name]
  return {
    name,
    ...(rules ? { params: Object.keys(rules) } : {}),
    ...(Object.getPrototypeOf(method) === GENERATOR ? { streams: true } : {}),
  }
}
