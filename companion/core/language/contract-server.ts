import { readBase } from '#engine/language/address.ts'
import { dialectOf } from '#engine/language/presets.ts'
import { createServerModel } from '#engine/language/server-model.ts'
import { CONTRACT_ERRORS } from '#protocol/contract-errors.ts'
import { SeamError } from '#protocol/errors.ts'
import type { LanguageModel, LanguagePreset } from '#protocol/language.ts'
import { guardedFetch } from './guarded-fetch.ts'

export interface ServerSettings {
  readonly preset: LanguagePreset
  /** What people call it. */
  readonly name: string
  /** As somebody typed it. */
  readonly base: string
  readonly key?: string
  /** The model that is used when none is asked for; the first that is there when empty. */
  readonly model?: string
}

interface Run {
  readonly signal: AbortSignal
}
/** As contracts have it. */
interface WireMessage {
  readonly role: 'system' | 'user' | 'assistant'
  readonly content: string
}
interface Sampling {
  readonly max_tokens: number
  readonly temperature: number
  readonly model?: string
}

type CodeName = (typeof CONTRACT_ERRORS)[number]['name']

/** A server of language models, as a contract plugin offers it. */
export class ContractServer {
  readonly #failure: (code: number, message: string) => Error
  #settings: ServerSettings = { preset: 'other', name: '', base: '' }
  /** The model that is used when nobody chose one. */
  #first = ''
  #trouble = ''

  /** @param failure makes the plugin's own kind of error */
  constructor(failure: (code: number, message: string) => Error) {
    this.#failure = failure
  }

  /** @throws the plugin's error, for an address that is none */
  open(settings: ServerSettings): void {
    try {
      const base = readBase(settings.base, settings.preset, Boolean(settings.key))
      this.#settings = { ...settings, base }
    } catch (error) {
      throw this.#told(error)
    }
  }

  async models({ signal }: Run): Promise<readonly string[]> {
    const health = await this.#model('').health({ signal })
    this.#trouble = health.state === 'ready' ? '' : inPlugin(health.why)
    if (health.state === 'ready') return health.models
    throw this.#failed('LLM_COMPLETION_FAILED', health.why)
  }

  async *reply(messages: readonly WireMessage[], sampling: Sampling, { signal }: Run): AsyncGenerator<string> {
    const { max_tokens: maxTokens, temperature } = sampling
    const model = sampling.model || this.#settings.model || (await this.#anyModel({ signal }))
    const dialogue = messages.map(({ role, content }) => ({ role, text: content }))
    try {
      yield* this.#model(model).reply(dialogue, { signal, maxTokens, temperature })
      this.#trouble = ''
    } catch (error) {
      // It may be another by now.
      this.#first = ''
      throw this.#told(error)
    }
  }

  /** Whether it answered when it was asked last. Asks nothing. */
  health() {
    return {
      message: this.#trouble || `Asks ${this.#settings.base}.`,
      details: { base: this.#settings.base, answers: this.#trouble === '' },
    }
  }

  async #anyModel(run: Run): Promise<string> {
    this.#first ||= (await this.models(run))[0] ?? ''
    if (this.#first !== '') return this.#first
    throw this.#failed('LLM_MODEL_NOT_AVAILABLE', `${this.#settings.name} has no model yet. Add one to it first.`)
  }

  #model(model: string): LanguageModel {
    const { preset, name, base, key } = this.#settings
    const server = { name, base, fetch: guardedFetch(base), ...(key && { key }) }
    const info = { id: model, name, kind: 'plugin' } as const
    return createServerModel({ info, server, dialect: dialectOf(preset), model })
  }

  #told(error: unknown): unknown {
    if (!(error instanceof SeamError) || error.code === 'cancelled') return error
    if (error.code === 'not-found') return this.#failed('LLM_MODEL_NOT_AVAILABLE', error.message)
    this.#trouble = inPlugin(error.message)
    return this.#failed('LLM_COMPLETION_FAILED', error.message)
  }

  #failed(name: CodeName, message: string): Error {
    const { code } = CONTRACT_ERRORS.find(error => error.name === name)!
    return this.#failure(code, inPlugin(message))
  }
}

/** The same servers can be asked without a plugin, and then are set up at another place. */
const inPlugin = (message: string) => message.replace('at Settings, Language models', 'at the settings of this plugin')
