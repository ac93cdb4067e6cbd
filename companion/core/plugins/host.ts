import { join } from 'node:path'
import { SeamError } from '#protocol/errors.ts'
import type { PluginInfo } from '#protocol/plugins.ts'
import { JobFiles } from '../jobs/files.ts'
import { JobRunner } from '../jobs/runner.ts'
import { becomeSole } from '../jobs/sole.ts'
import { JobStore } from '../jobs/store.ts'
import type { Pipeline } from '../pipelines/cr.ts'
import type { PipelinePlan } from '../pipelines/execute.ts'
import { planOrThrow, planPipeline, type Planned } from '../pipelines/plan.ts'
import { SavedPipelines } from '../pipelines/saved.ts'
import { ProcessLedger } from '../process/ledger.ts'
import { discoverPlugins, isUsable, type FoundPlugin, type PluginFolder } from './discovery.ts'
import { pluginInfo } from './info.ts'
import type { MediaType } from './media-type.ts'
import { VerificationCache } from './verify.ts'

export interface PluginHostOptions {
  readonly folders: readonly PluginFolder[]
  readonly stateFolder: string
  readonly cacheFolder: string
  readonly configFolder: string
  /** Folder of the weights. */
  readonly models: string
  /** Jobs at a time. */
  readonly concurrency: number
  /** Bytes of one job's input. */
  readonly maxInput: number
}

/** Everything that a daemon does with plugins: which there are, pipelines of them, and jobs. */
export class PluginHost {
  readonly jobs: JobRunner
  readonly files: JobFiles
  readonly pipelines: SavedPipelines
  readonly #options: PluginHostOptions
  readonly #verifications: VerificationCache
  readonly #ledger: ProcessLedger
  readonly #store: JobStore
  readonly #release: () => void

  /** @throws SeamError conflict, when another daemon works with the state folder */
  constructor(options: PluginHostOptions) {
    this.#options = options
    this.#release = becomeSole(options.stateFolder)
    this.#ledger = new ProcessLedger(options.stateFolder)
    this.#ledger.reap()
    this.#verifications = new VerificationCache(options.cacheFolder)
    this.#store = new JobStore(join(options.stateFolder, 'jobs.db'))
    this.files = new JobFiles(join(options.stateFolder, 'jobs'))
    this.pipelines = new SavedPipelines(join(options.configFolder, 'pipelines'))
    this.jobs = new JobRunner({
      store: this.#store,
      files: this.files,
      ledger: this.#ledger,
      concurrency: options.concurrency,
      maxInput: options.maxInput,
      check: (pipeline, inputType) => this.#planned(pipeline, inputType),
      plan: async (pipeline, inputType, signal) => {
        await this.#verifyAll(pipeline, signal)
        return this.#planned(pipeline, inputType)
      },
    })
  }

  /** The plugins that there are now: a folder that was dropped in is there at once. */
  plugins(): readonly FoundPlugin[] {
    return discoverPlugins(this.#options.folders)
  }

  async infos(): Promise<readonly PluginInfo[]> {
    return Promise.all(this.plugins().map(plugin => this.#info(plugin)))
  }

  /** @throws SeamError not-found */
  async info(id: string): Promise<PluginInfo> {
    return this.#info(this.#find(id))
  }

  /** Tries a plugin anew. @throws SeamError not-found */
  async verify(id: string): Promise<PluginInfo> {
    const plugin = this.#find(id)
    if (!isUsable(plugin)) return pluginInfo(plugin)
    const { models } = this.#options
    return pluginInfo(plugin, await this.#verifications.verify(plugin, { models, ledger: this.#ledger, again: true }))
  }

  /** A plan for a pipeline, or all that is wrong with it. */
  check(pipeline: Pipeline, inputType?: MediaType): Planned {
    const { models } = this.#options
    return planPipeline({ pipeline, plugins: this.plugins(), models, ...(inputType && { inputType }) })
  }

  /** Jobs in each state. */
  counts() {
    return this.#store.counts()
  }

  /** Stops what runs; it goes on with the next start. */
  async close(): Promise<void> {
    await this.jobs.close()
    this.#store.close()
    this.#ledger.close()
    this.#release()
  }

  #find(id: string): FoundPlugin {
    const found = this.plugins().find(plugin => plugin.id === id)
    if (!found) throw new SeamError('not-found', `There is no plugin “${id.slice(0, 64)}”.`)
    return found
  }

  async #info(plugin: FoundPlugin): Promise<PluginInfo> {
    return pluginInfo(plugin, isUsable(plugin) ? await this.#verifications.known(plugin) : undefined)
  }

  #planned(pipeline: Pipeline, inputType: MediaType | undefined): PipelinePlan {
    const { models } = this.#options
    return planOrThrow({ pipeline, plugins: this.plugins(), models, ...(inputType && { inputType }) })
  }

  async #verifyAll(pipeline: Pipeline, signal: AbortSignal): Promise<void> {
    const { models } = this.#options
    for (const id of new Set(pipeline.nodes.map(({ plugin }) => plugin))) {
      const plugin = this.#find(id)
      if (!isUsable(plugin)) continue
      const { state, message } = await this.#verifications.verify(plugin, { models, signal, ledger: this.#ledger })
      if (state === 'failed') throw failedCheck(id, message)
    }
  }
}

export function failedCheck(id: string, message: string | undefined): SeamError {
  return new SeamError('engine', `The plugin “${id}” did not pass its check, and was not used. ${message ?? ''}`.trim())
}
