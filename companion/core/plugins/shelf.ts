import { SeamError } from '#protocol/errors.ts'
import type { PluginInfo, Verification } from '#protocol/plugins.ts'
import type { Pipeline } from '../pipelines/cr.ts'
import type { PipelinePlan } from '../pipelines/execute.ts'
import { planOrThrow, planPipeline, type Planned } from '../pipelines/plan.ts'
import { ProcessLedger } from '../process/ledger.ts'
import { discoverPlugins, isUsable, type FoundPlugin, type PluginFolder, type UsablePlugin } from './discovery.ts'
import { hashFolder } from './folder-hash.ts'
import { pluginInfo } from './info.ts'
import type { MediaType } from './media-type.ts'
import { VerificationCache } from './verify.ts'

export interface ShelfOptions {
  readonly folders: readonly PluginFolder[]
  readonly stateFolder: string
  readonly cacheFolder: string
  /** Folder of the weights. */
  readonly models: string
}

/** The plugins that there are, whether they work, and plans made of them. */
export class PluginShelf {
  readonly ledger: ProcessLedger
  readonly #options: ShelfOptions
  readonly #verifications: VerificationCache

  /** Ends what an earlier host has left running. */
  constructor(options: ShelfOptions) {
    this.#options = options
    this.ledger = new ProcessLedger(options.stateFolder)
    this.ledger.reap()
    this.#verifications = new VerificationCache(options.cacheFolder)
  }

  /** The plugins that there are now: a folder that was dropped in is there at once. */
  plugins(): readonly FoundPlugin[] {
    return discoverPlugins(this.#options.folders)
  }

  /** @throws SeamError not-found */
  find(id: string, among = this.plugins()): FoundPlugin {
    const found = among.find(plugin => plugin.id === id)
    if (!found) throw new SeamError('not-found', `There is no plugin “${id.slice(0, 64)}”.`)
    return found
  }

  async infos(): Promise<readonly PluginInfo[]> {
    return Promise.all(this.plugins().map(plugin => this.info(plugin)))
  }

  async info(plugin: FoundPlugin): Promise<PluginInfo> {
    return pluginInfo(plugin, isUsable(plugin) ? await this.#verifications.known(plugin) : undefined)
  }

  /** Tries a plugin anew. @throws SeamError not-found */
  verify(id: string): Promise<PluginInfo> {
    return this.verifyFound(this.find(id))
  }

  /** Tries anew a plugin that was found. @throws SeamError cancelled */
  async verifyFound(plugin: FoundPlugin, signal?: AbortSignal): Promise<PluginInfo> {
    return pluginInfo(plugin, isUsable(plugin) ? await this.#try(plugin, true, signal) : undefined)
  }

  /** A plan for a pipeline, or all that is wrong with it. Starts nothing. */
  check(pipeline: Pipeline, inputType?: MediaType): Planned {
    const { models } = this.#options
    return planPipeline({ pipeline, plugins: this.plugins(), models, ...(inputType && { inputType }) })
  }

  /** A plan for a pipeline. Starts nothing. @throws SeamError with everything that is wrong */
  draft(pipeline: Pipeline, inputType?: MediaType): PipelinePlan {
    const { models } = this.#options
    return planOrThrow({ pipeline, plugins: this.plugins(), models, ...(inputType && { inputType }) })
  }

  /** A plan for a pipeline each of whose plugins has been tried. @throws SeamError */
  readonly plan = async (pipeline: Pipeline, inputType: MediaType, signal: AbortSignal): Promise<PipelinePlan> => {
    await this.admit(pipeline, signal)
    return this.draft(pipeline, inputType)
  }

  /** Tries each plugin of a pipeline that has not been tried as it is now. @throws SeamError engine, cancelled */
  async admit(pipeline: Pipeline, signal: AbortSignal): Promise<void> {
    // Looked for once: a look reads the folders of all.
    const plugins = this.plugins()
    for (const id of new Set(pipeline.nodes.map(({ plugin }) => plugin))) {
      const plugin = this.find(id, plugins)
      if (!isUsable(plugin)) continue
      const { state, message = '' } = await this.#try(plugin, false, signal)
      if (state !== 'failed') continue
      throw new SeamError('engine', `The plugin “${id}” did not pass its check, and was not used. ${message}`.trim())
    }
  }

  /** Hash of a plugin's folder. @throws SeamError not-found */
  async hashOf(id: string): Promise<string> {
    const plugin = this.find(id)
    return isUsable(plugin) ? hashFolder(plugin.folder, plugin.manifest.entrypoint) : ''
  }

  close(): void {
    this.ledger.close()
  }

  #try(plugin: UsablePlugin, again: boolean, signal?: AbortSignal): Promise<Verification> {
    const { models } = this.#options
    return this.#verifications.verify(plugin, { models, ledger: this.ledger, again, ...(signal && { signal }) })
  }
}
