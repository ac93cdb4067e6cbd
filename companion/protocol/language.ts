import type { ErrorData } from './errors.ts'
import type { Run } from './run.ts'

/** One message of a dialogue, as language models take it. */
export interface Message {
  readonly role: 'system' | 'user' | 'assistant'
  readonly text: string
}

export interface LanguageModelInfo {
  /** Names it among those that can be chosen: `ollama:llama3.2`, `built-in`. */
  readonly id: string
  readonly name: string
  /** Where it runs: another server, this browser, or a plugin of the companion. */
  readonly kind: 'openai' | 'ollama' | 'browser' | 'built-in' | 'plugin' | 'echo'
}

/** Whether a model would answer now. `why` is a sentence; `models` are the names that the server offers. */
export type LanguageModelHealth =
  | { readonly state: 'ready'; readonly models: readonly string[] }
  | { readonly state: 'down' | 'refused' | 'loading' | 'unsupported'; readonly why: string }

export interface ReplyRun extends Run {
  /** 0…2; the model's own when absent. */
  readonly temperature?: number
  /** The most tokens that the reply may have. */
  readonly maxTokens?: number
}

/** Answers a dialogue. Every model passes tests/conformance/language.ts. */
export interface LanguageModel {
  readonly info: LanguageModelInfo
  /** Never throws. */
  health(run?: Run): Promise<LanguageModelHealth>
  /**
   * The reply, in pieces as they come, never empty ones. Leaving the loop or aborting ends the work at the far side.
   * @throws SeamError offline, refused (key), not-found (model), engine, bad-input, cancelled; after pieces, too
   */
  reply(messages: readonly Message[], run?: ReplyRun): AsyncIterable<string>
}

/** Servers that are known by name. `other` is any that speaks the chat API of OpenAI. */
export const LANGUAGE_PRESETS = ['openai', 'redpill', 'ollama', 'lm-studio', 'llama-cpp', 'vllm', 'other'] as const
export type LanguagePreset = (typeof LANGUAGE_PRESETS)[number]

/** A server of language models that the companion asks for the page. Its key is never told. */
export interface LanguageProvider {
  readonly id: string
  readonly preset: LanguagePreset
  readonly name: string
  /** Address of the API, without a slash at its end: `http://localhost:11434`. */
  readonly base: string
  /** The model that is used when none is asked for; empty while none was chosen. */
  readonly model: string
  readonly hasKey: boolean
}

/** What is said of a provider when it is kept. A missing key leaves the one that is there; an empty one removes it. */
export interface LanguageProviderDraft extends Pick<LanguageProvider, 'preset' | 'name' | 'base' | 'model'> {
  readonly key?: string
}

/** What the companion is asked to have answered. */
export interface ChatRequest extends Pick<ReplyRun, 'temperature' | 'maxTokens'> {
  readonly messages: readonly Message[]
  /** Another model of the same server than the provider's own. */
  readonly model?: string
}

/** A line of the companion's answer. The last one is `done` or `error`: without either, the connection was cut. */
export type ReplyLine = { readonly text: string } | { readonly done: true } | { readonly error: ErrorData }

/** Names a model among all that can be chosen: `ollama:llama3.2`. */
function providerModelId(provider: string, model: string): string {
  return `${provider}:${model}`
}

/** How a provider's model is called among all that can be chosen. */
export function providerModelInfo(
  { id, name, preset }: Pick<LanguageProvider, 'id' | 'name' | 'preset'>,
  model: string,
): LanguageModelInfo {
  return {
    id: providerModelId(id, model),
    name: model === '' ? name : `${name}: ${model}`,
    kind: preset === 'ollama' ? 'ollama' : 'openai',
  }
}

/** The two parts of such a name; undefined when it is none. A model's own name may hold colons. */
export function readProviderModelId(id: string): { readonly provider: string; readonly model: string } | undefined {
  const at = id.indexOf(':')
  return at > 0 ? { provider: id.slice(0, at), model: id.slice(at + 1) } : undefined
}
