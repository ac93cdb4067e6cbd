import { requireDialogue } from '#engine/language/messages.ts'
import { ThoughtFilter } from '#engine/language/thoughts.ts'
import { contractId, type WireValue } from '#protocol/contracts.ts'
import { SeamError, toSeamError } from '#protocol/errors.ts'
import type { LanguageModel, LanguageModelHealth, LanguageModelInfo, Message, ReplyRun } from '#protocol/language.ts'
import type { Run } from '#protocol/run.ts'
import type { Slot } from './types.ts'

export interface ContractModelOptions {
  /** The plugin's. */
  readonly name: string
  readonly displayName: string
  /** As the plugin names it; its own choice when empty. */
  readonly model: string
  readonly slot: Pick<Slot, 'call' | 'load' | 'state' | 'stream'>
}

/** A contract plugin, or one of its models, as a language model. */
export class ContractModel implements LanguageModel {
  readonly info: LanguageModelInfo
  readonly #options: ContractModelOptions

  constructor(options: ContractModelOptions) {
    const { name, displayName, model } = options
    this.#options = options
    this.info = {
      id: contractId(name, model),
      name: model === '' ? displayName : `${displayName}: ${model}`,
      kind: 'plugin',
    }
  }

  async health({ signal }: Run = {}): Promise<LanguageModelHealth> {
    try {
      const models = await this.#options.slot.call('get_models', {}, signal ? { signal } : {})
      return { state: 'ready', models: (models as readonly { readonly id: string }[]).map(({ id }) => id) }
    } catch (error) {
      const { code, message: why } = toSeamError(error)
      if (code === 'refused') return { state: 'refused', why }
      return { state: code === 'unsupported' ? 'unsupported' : 'down', why }
    }
  }

  async *reply(messages: readonly Message[], run: ReplyRun = {}): AsyncGenerator<string> {
    requireDialogue(messages)
    const thoughts = new ThoughtFilter()
    let isEmpty = true
    for await (const piece of this.#pieces(messages, run)) {
      const said = thoughts.push(piece)
      if (said === '') continue
      isEmpty = false
      yield said
    }
    const rest = thoughts.end()
    if (rest !== '') yield rest
    else if (isEmpty) throw this.#empty(thoughts.hasThought)
  }

  /** By the best way that the plugin has: piece by piece, as a dialogue, as a text to go on with. */
  async *#pieces(messages: readonly Message[], run: ReplyRun): AsyncGenerator<string> {
    const { slot, model } = this.#options
    const { signal, temperature, maxTokens } = run
    // What it has is known once it was started.
    await slot.load(signal)
    const offers = (name: string) => slot.state.methods.some(method => method.name === name)
    const dialogue = messages.map(({ role, text }) => ({ role, content: text }))
    const asked = {
      ...(model !== '' && { model }),
      ...(temperature !== undefined && { temperature }),
      ...(maxTokens !== undefined && { max_tokens: maxTokens }),
    }
    const calling = signal ? { signal } : {}
    if (offers('stream_complete')) {
      for await (const item of slot.stream('stream_complete', { messages: dialogue, ...asked }, calling)) {
        yield textOf(item)
      }
    } else if (offers('chat')) yield textOf(await slot.call('chat', { messages: dialogue, ...asked }, calling))
    else yield textOf(await slot.call('complete', { prompt: promptOf(messages), ...asked }, calling))
  }

  #empty(hasThought: boolean): SeamError {
    const { displayName, name } = this.#options
    const because = hasThought
      ? 'it only thought aloud. Allow longer replies, or use a model that does not'
      : 'it gave no reason. Try again'
    return new SeamError('engine', `${displayName} gave an empty reply: ${because}.`, {
      retryable: !hasThought,
      details: { plugin: name },
    })
  }
}

/** A dialogue for a model that knows only how to go on with a text. */
function promptOf(messages: readonly Message[]): string {
  const names = { system: '', user: 'User: ', assistant: 'Assistant: ' } as const
  return `${messages.map(({ role, text }) => `${names[role]}${text}`).join('\n\n')}\n\nAssistant:`
}

/** What a result or an item says. @throws SeamError engine, when it is no text */
function textOf(told: WireValue): string {
  if (told === null) return ''
  if (typeof told === 'string') return told
  if (typeof told === 'object' && !Array.isArray(told)) {
    const { text, content, message } = told as { readonly [key: string]: WireValue }
    for (const value of [text, content]) if (typeof value === 'string') return value
    if (message !== undefined && message !== null) return textOf(message)
  }
  throw new SeamError('engine', 'The plugin answered with something else than text.')
}
