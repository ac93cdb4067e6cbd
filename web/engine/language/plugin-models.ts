import { contractId, type ContractLight } from '#protocol/contracts.ts'
import { SeamError, toSeamError } from '#protocol/errors.ts'
import type { LanguageModel, LanguageModelInfo, Message, ReplyRun } from '#protocol/language.ts'

/** The companion's plugins that are language models, as they are now. */
export interface PluginSource {
  of(contract: 'llm'): readonly ContractLight[]
  /** Whether it is worth asking. */
  isUp(name: string): boolean
  reply(name: string, messages: readonly Message[], run?: ReplyRun & { readonly model?: string }): AsyncIterable<string>
}

/** What can be chosen of one plugin: each of its models, or the plugin where it names none. */
export function pluginModels({ name, displayName, offers }: ContractLight): readonly LanguageModelInfo[] {
  const models = offers.models ?? []
  if (models.length === 0) return [infoOf(name, '', displayName)]
  const named = (model: string) => (model === displayName ? displayName : `${model} (${displayName})`)
  return models.map(model => infoOf(name, model.id, named(model.name)))
}

/** A plugin's model, also one that it does not name. */
export function openPluginModel(
  plugins: PluginSource,
  { name, model }: { readonly name: string; readonly model: string },
): LanguageModel {
  const light = () => plugins.of('llm').find(each => each.name === name)
  const found = light()
  const known = found && pluginModels(found).find(({ id }) => id === contractId(name, model))
  return {
    info: known ?? infoOf(name, model, model === '' ? name : `${model} (${name})`),
    async health() {
      const now = light()
      if (now && plugins.isUp(name)) return { state: 'ready', models: (now.offers.models ?? []).map(({ id }) => id) }
      const why = now
        ? now.ailment?.message || `The plugin “${name}” can’t answer now.`
        : `The companion has no plugin “${name}”.`
      return { state: now?.status === 'INITIALIZING' ? 'loading' : 'down', why }
    },
    async *reply(messages, run = {}) {
      try {
        yield* plugins.reply(name, messages, { ...run, ...(model !== '' && { model }) })
      } catch (cause) {
        const { code, message, details, retryable } = toSeamError(cause)
        if (code === 'cancelled') throw cause
        // Whoever reads this offers another model.
        throw new SeamError(code, message, { cause, details: { ...details, plugin: name }, retryable })
      }
    },
  }
}

const infoOf = (name: string, model: string, label: string): LanguageModelInfo => ({
  id: contractId(name, model),
  name: label,
  kind: 'plugin',
})
