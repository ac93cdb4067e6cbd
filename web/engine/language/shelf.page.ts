import { readContractId } from '#protocol/contracts.ts'
import { SeamError } from '#protocol/errors.ts'
import {
  providerModelInfo,
  readProviderModelId,
  type LanguageModel,
  type LanguageModelInfo,
  type LanguageProvider,
} from '#protocol/language.ts'
import { BROWSER_MODELS } from './browser/catalogue.ts'
import { createBrowserModel, type BrowserLanguageModel } from './browser/client.page.ts'
import { BUILT_IN_ID, createBuiltIn, type BuiltInModel } from './built-in.ts'
import { echo, ECHO_ID } from './echo.ts'
import { openPluginModel, pluginModels, type PluginSource } from './plugin-models.ts'
import type { PromptApi } from './prompt-api.ts'

/** The companion's servers, as far as they are needed here. */
export interface ProviderSource {
  providers(signal?: AbortSignal): Promise<readonly LanguageProvider[]>
  open(provider: LanguageProvider, model?: string): LanguageModel
}

export interface LanguageShelfOptions {
  readonly companion: ProviderSource
  readonly plugins?: PluginSource
  /** Whether models may be fetched from the hub. */
  readonly mayDownload: () => boolean
  /** The browser's own; looked up when absent. */
  readonly promptApi?: PromptApi
}

/** Every language model that this page can use, whatever it runs on. */
export interface LanguageShelf {
  readonly builtIn: BuiltInModel
  /** Those that run in this browser, once they were downloaded. */
  readonly browser: readonly BrowserLanguageModel[]
  /** Those of the companion's servers and plugins first, while it is there; what this browser has; the echo last. */
  list(signal?: AbortSignal): Promise<readonly LanguageModelInfo[]>
  /** @throws SeamError not-found, offline (the companion) */
  open(id: string, signal?: AbortSignal): Promise<LanguageModel>
}

export function createLanguageShelf({
  companion,
  plugins,
  mayDownload,
  promptApi,
}: LanguageShelfOptions): LanguageShelf {
  const builtIn = createBuiltIn(
    promptApi ?? (globalThis as { LanguageModel?: PromptApi }).LanguageModel,
    globalThis.navigator?.languages,
  )
  const browser = BROWSER_MODELS.map(model => createBrowserModel({ model, mayDownload }))

  return {
    builtIn,
    browser,
    async list(signal) {
      const [providers, { state }, ...found] = await Promise.all([
        companion.providers(signal).catch(() => []),
        builtIn.health(),
        ...browser.map(each => each.health()),
      ])
      return [
        ...providers.filter(({ model }) => model !== '').map(each => providerModelInfo(each, each.model)),
        ...(plugins?.of('llm') ?? []).flatMap(pluginModels),
        ...(state === 'unsupported' ? [] : [builtIn.info]),
        ...browser.filter((_, at) => found[at]?.state === 'ready').map(({ info }) => info),
        echo.info,
      ]
    },
    async open(id, signal) {
      if (id === ECHO_ID) return echo
      if (id === BUILT_IN_ID) return builtIn
      const here = browser.find(({ info }) => info.id === id)
      if (here) return here
      const plugin = readContractId(id)
      if (plugin && plugins) return openPluginModel(plugins, plugin)
      const parts = readProviderModelId(id)
      const provider = parts && (await companion.providers(signal)).find(each => each.id === parts.provider)
      if (provider) return companion.open(provider, parts?.model || undefined)
      throw new SeamError('not-found', `There is no language model “${id}”. Choose one at Settings, Language models.`, {
        details: { model: id },
      })
    },
  }
}
