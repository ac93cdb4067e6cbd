import { readBase } from '#engine/language/address.ts'
import { dialectOf } from '#engine/language/presets.ts'
import { createServerModel } from '#engine/language/server-model.ts'
import { CONTRACT_ERRORS } from '#protocol/contract-errors.ts'
import type { Ailment, AilmentNeed } from '#protocol/contracts.ts'
import { SeamError } from '#protocol/errors.ts'
import type { LanguageModel, LanguageModelHealth, LanguagePreset } from '#protocol/language.ts'
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

/** Milliseconds for which a server that answered is taken to be there. */
export const ANSWER_HOLDS = 60_000
/** Milliseconds that a look at it may take: the host waits no more than 5 s for a plugin's health. */
const LOOK_PATIENCE = 4_000

type CodeName = (typeof CONTRACT_ERRORS)[number]['name']

/** A server of language models, as a contract plugin offers it. */
export class ContractServer {
  readonly #failure: (code: number, message: string) => Error
  #settings: ServerSettings = { preset: 'other', name: '', base: '' }
  /** The model that is used when nobody chose one. */
  #first = ''
  /** Why its last reply failed. */
  #trouble = ''
  /** Why it can't be asked for any, by the last look at it. */
  #absence: Ailment | undefined
  /** Whether it has no model; unknown before it was asked. */
  #isEmpty = false
  /** When it answered last. */
  #answered = -Infinity
  #replies = 0
  readonly #now: () => number
  readonly #patience: number

  /**
   * @param failure makes the plugin's own kind of error
   * @param now milliseconds from some start
   * @param patience milliseconds that a look at the server may take
   */
  constructor(
    failure: (code: number, message: string) => Error,
    { now = () => performance.now(), patience = LOOK_PATIENCE } = {},
  ) {
    this.#failure = failure
    this.#now = now
    this.#patience = patience
  }

  /** @throws the plugin's error, for an address that is none */
  open(settings: ServerSettings): void {
    try {
      const base = readBase(settings.base, settings.preset, Boolean(settings.key))
      this.#settings = { ...settings, base }
      // What is known is of another.
      this.#first = this.#trouble = ''
      this.#absence = undefined
      this.#isEmpty = false
      this.#answered = -Infinity
    } catch (error) {
      throw this.#told(error)
    }
  }

  async models({ signal }: Run): Promise<readonly string[]> {
    const health = await this.#model('').health({ signal })
    if (health.state !== 'ready') {
      if (!signal.aborted) this.#absence = { need: NEEDS[health.state], message: inPlugin(health.why) }
      throw this.#failed('LLM_COMPLETION_FAILED', health.why)
    }
    this.#isEmpty = health.models.length === 0
    this.#wasThere()
    return health.models
  }

  async *reply(messages: readonly WireMessage[], sampling: Sampling, { signal }: Run): AsyncGenerator<string> {
    const { max_tokens: maxTokens, temperature } = sampling
    const model = sampling.model || this.#settings.model || (await this.#anyModel({ signal }))
    const dialogue = messages.map(({ role, content }) => ({ role, text: content }))
    this.#replies++
    try {
      for await (const piece of this.#model(model).reply(dialogue, { signal, maxTokens, temperature })) {
        // It is not asked how it is until the reply is over, which may take minutes.
        this.#wasThere()
        this.#isEmpty = false
        yield piece
      }
      this.#trouble = ''
    } catch (error) {
      // It may be another by now, and somewhere else.
      this.#first = ''
      this.#answered = -Infinity
      throw this.#told(error)
    } finally {
      this.#replies--
    }
  }

  /** Whether the server is there. One that answered lately, or answers just now, is not asked. */
  async health() {
    const { base } = this.#settings
    const isKnown = this.#now() - this.#answered < ANSWER_HOLDS && !this.#lacksModel
    if (!isKnown && this.#replies === 0) await this.#look()
    const ailment = this.#absence ?? (this.#lacksModel ? { need: 'model', message: this.#noModel } : undefined)
    return {
      ...(ailment && { status: 'ERROR' as const }),
      message: ailment?.message ?? (this.#trouble || `${base} answers.`),
      details: {
        base,
        answers: this.#absence === undefined && this.#trouble === '',
        ...(ailment?.need && { need: ailment.need }),
      },
    }
  }

  /** Whether there is nothing to ask: some servers list none, and have the one that is named. */
  get #lacksModel(): boolean {
    return this.#isEmpty && !this.#settings.model
  }

  async #look(): Promise<void> {
    const signal = AbortSignal.timeout(this.#patience)
    // What is wrong is kept in `#absence`.
    await this.models({ signal }).catch(() => undefined)
    if (!signal.aborted) return
    const { name, base } = this.#settings
    const message = `${name} did not answer within ${this.#patience / 1000} s at ${base}.`
    this.#absence = { need: 'server', message }
  }

  #wasThere(): void {
    this.#absence = undefined
    this.#answered = this.#now()
  }

  get #noModel(): string {
    return `${this.#settings.name} has no model yet. Add one to it first.`
  }

  async #anyModel(run: Run): Promise<string> {
    this.#first ||= (await this.models(run))[0] ?? ''
    if (this.#first !== '') return this.#first
    throw this.#failed('LLM_MODEL_NOT_AVAILABLE', this.#noModel)
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

const NEEDS: Readonly<Record<Exclude<LanguageModelHealth['state'], 'ready'>, AilmentNeed>> = {
  loading: 'server',
  down: 'server',
  refused: 'config',
  unsupported: 'config',
}

/** The same servers can be asked without a plugin, and then are set up at another place. */
const inPlugin = (message: string) =>
  message
    .replace('at Settings, Language models', 'at the settings of this plugin')
    .replace('Start it, or look at the address.', 'Start it, or set its address in the settings of this plugin.')
