import { echo, ECHO_ID } from '#engine/language/echo.ts'
import { readContractId } from '#protocol/contracts.ts'
import { SeamError } from '#protocol/errors.ts'
import { readProviderModelId, type LanguageModel } from '#protocol/language.ts'
import type { LanguageProviders } from '../language/providers.ts'

/** Where models are looked for: servers that the user named, and plugins. */
export interface ModelPlaces extends Pick<LanguageProviders, 'list' | 'open'> {
  /** One of a contract plugin. @throws SeamError not-found, bad-input (it is no language model) */
  plugin?(name: string, model: string): LanguageModel
}

/**
 * The model that a session names: `echo`, a provider's id, `provider:model`, or `plugin:NAME:MODEL`; the first provider that has a model when
 * it names none.
 * @throws SeamError not-found, saying how one is set up
 */
function openModel(wanted: string | undefined, providers: ModelPlaces): LanguageModel {
  if (wanted === ECHO_ID) return echo
  const ofPlugin = wanted === undefined ? undefined : readContractId(wanted)
  if (ofPlugin && providers.plugin) return providers.plugin(ofPlugin.name, ofPlugin.model)
  if (wanted !== undefined) {
    const { provider, model } = readProviderModelId(wanted) ?? { provider: wanted, model: '' }
    const own = providers.list().find(({ id }) => id === provider)?.model
    if (model !== '') return providers.open(provider, model)
    if (own !== '') return providers.open(provider)
    throw new SeamError(
      'not-found',
      `The server “${provider}” has no model of its own. Name one of its models: ${provider}:MODEL.`,
    )
  }
  const first = providers.list().find(({ model }) => model !== '')
  if (first) return providers.open(first.id)
  throw new SeamError(
    'not-found',
    'No language model is set up, so nobody can answer. Add a server at Settings, Language models, or with PUT /language/providers/{id}; or let the session repeat what is said, with the model “echo”.',
  )
}

/** What the model is called; undefined while there is none. @throws SeamError not-found, for one that was named */
export function modelName(wanted: string | undefined, providers: ModelPlaces): string | undefined {
  try {
    return openModel(wanted, providers).info.id
  } catch (error) {
    if (wanted === undefined) return undefined
    throw error
  }
}

/** Looks for the model at each reply: a server that is added while a session is open answers its next turn. */
export function modelOf(wanted: string | undefined, providers: ModelPlaces): LanguageModel {
  const open = () => openModel(wanted, providers)
  return {
    info: { id: wanted ?? '', name: wanted ?? '', kind: kindOf(wanted) },
    health: async run => {
      try {
        return await open().health(run)
      } catch (error) {
        return { state: 'unsupported', why: error instanceof Error ? error.message : String(error) }
      }
    },
    reply: (messages, run) => open().reply(messages, run),
  }
}

function kindOf(wanted = ''): LanguageModel['info']['kind'] {
  if (wanted === ECHO_ID) return 'echo'
  return readContractId(wanted) ? 'plugin' : 'openai'
}
