import { SeamError } from '#protocol/errors.ts'
import type { PluginInfo } from '#protocol/plugins.ts'
import type { PluginHost } from '../core/plugins/host.ts'
import { jobPipeline } from './job-pipeline.ts'

const known = new WeakMap<PluginHost, PluginTrials>()

/** The one record of a host’s trials: whoever asks over REST or the socket sees those of the others. */
export function trialsOf(host: PluginHost): PluginTrials {
  const trials = known.get(host) ?? new PluginTrials(host)
  known.set(host, trials)
  return trials
}

/** Which plugins are being tried at this moment: because somebody asked for it, or because a job is about to begin. */
class PluginTrials {
  readonly #host: PluginHost
  /** How often each plugin is being tried on request, by its folder. */
  readonly #asked = new Map<string, number>()

  constructor(host: PluginHost) {
    this.#host = host
  }

  /** Tries a plugin anew. @throws SeamError not-found */
  async verify(id: string): Promise<PluginInfo> {
    const { folder } = this.#host.shelf.find(id)
    this.#count(folder, 1)
    try {
      return await this.#host.shelf.verify(id)
    } finally {
      this.#count(folder, -1)
    }
  }

  /** Every plugin, those that are being tried marked as such. */
  async infos(): Promise<readonly PluginInfo[]> {
    const infos = await this.#host.shelf.infos()
    const trying = this.#tried(infos)
    return infos.map(info => (trying.has(info.folder) ? marked(info) : info))
  }

  /** @throws SeamError not-found */
  async info(id: string): Promise<PluginInfo> {
    const { folder } = this.#host.shelf.find(id)
    return (await this.infos()).find(info => info.folder === folder)!
  }

  #count(folder: string, more: 1 | -1): void {
    const count = (this.#asked.get(folder) ?? 0) + more
    if (count > 0) this.#asked.set(folder, count)
    else this.#asked.delete(folder)
  }

  /** Folders of those that are being tried. */
  #tried(infos: readonly PluginInfo[]): ReadonlySet<string> {
    const folders = new Set(this.#asked.keys())
    for (const { id, consumed, outputBytes } of this.#host.jobs.list({ state: 'running', limit: 1000 })) {
      if (consumed > 0 || outputBytes > 0) continue
      // Before a job begins, its plugins are tried one after the other: the first that isn’t known to work is at it.
      const next = this.#pluginsOf(id)
        .map(plugin => infos.find(info => info.id === plugin))
        .find(info => info?.problem === undefined && info?.verification.state !== 'verified')
      if (next) folders.add(next.folder)
    }
    return folders
  }

  #pluginsOf(job: string): string[] {
    try {
      return jobPipeline(this.#host, job).pipeline.nodes.map(({ plugin }) => plugin)
    } catch (error) {
      if (error instanceof SeamError) return []
      throw error
    }
  }
}

const marked = (info: PluginInfo): PluginInfo => ({ ...info, verification: { ...info.verification, trying: true } })
