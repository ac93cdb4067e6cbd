import { join } from 'node:path'
import { JobFiles } from '../jobs/files.ts'
import { localParts } from '../jobs/local-parts.ts'
import { StageFiles, type PartRunner } from '../jobs/parts.ts'
import { JobRunner } from '../jobs/runner.ts'
import { becomeSole } from '../jobs/sole.ts'
import { JobStore } from '../jobs/store.ts'
import { SavedPipelines } from '../pipelines/saved.ts'
import { PluginShelf, type ShelfOptions } from './shelf.ts'

export interface PluginHostOptions extends ShelfOptions {
  readonly configFolder: string
  /** Jobs at a time. */
  readonly concurrency: number
  /** Bytes of one job's input. */
  readonly maxInput: number
  /** Makes chapters elsewhere; here when absent. */
  readonly parts?: PartRunner
}

/** Everything that a daemon does with plugins: which there are, pipelines of them, and jobs. */
export class PluginHost {
  readonly shelf: PluginShelf
  readonly jobs: JobRunner
  readonly files: JobFiles
  readonly pipelines: SavedPipelines
  readonly #store: JobStore
  readonly #release: () => void

  /** @throws SeamError conflict, when another daemon works with the state folder */
  constructor(options: PluginHostOptions) {
    const { stateFolder, configFolder, concurrency, maxInput, parts } = options
    this.#release = becomeSole(stateFolder)
    const shelf = (this.shelf = new PluginShelf(options))
    this.#store = new JobStore(join(stateFolder, 'jobs.db'))
    this.files = new JobFiles(join(stateFolder, 'jobs'))
    this.pipelines = new SavedPipelines(join(configFolder, 'pipelines'))
    const stages = new StageFiles(join(stateFolder, 'stages'))
    void stages.sweep().catch(() => undefined)
    this.jobs = new JobRunner({
      store: this.#store,
      files: this.files,
      ledger: shelf.ledger,
      concurrency,
      maxInput,
      check: (pipeline, inputType) => shelf.draft(pipeline, inputType),
      plan: shelf.plan,
      fanOut: {
        runner: parts ?? localParts(shelf.plan, 1, { ledger: shelf.ledger }),
        stages,
        hashOf: id => shelf.hashOf(id),
      },
    })
  }

  /** Jobs in each state. */
  counts() {
    return this.#store.counts()
  }

  /** Stops what runs; it goes on with the next start. */
  async close(): Promise<void> {
    await this.jobs.close()
    this.#store.close()
    this.shelf.close()
    this.#release()
  }
}
