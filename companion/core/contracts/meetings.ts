import type { InstallLine } from '#protocol/contracts.ts'
import { toSeamError } from '#protocol/errors.ts'
import type { ContractLogs } from './logs.ts'
import type { ContractPlugin } from './plugin.ts'

type Install = (name: string, signal: AbortSignal) => AsyncIterable<InstallLine>

/**
 * Starts plugins that were dropped in, once each and one after the other, so that it is known what they bring. What they
 * lack is installed only where that was allowed.
 */
export class Meetings {
  readonly #logs: ContractLogs
  readonly #install: Install | undefined
  readonly #over = new AbortController()
  /** Which revision of each was met, or could not be. */
  readonly #met = new Map<string, string>()
  #last: Promise<void> = Promise.resolve()

  constructor(logs: ContractLogs, install: Install | undefined) {
    this.#logs = logs
    this.#install = install
  }

  /** In its turn, unless it is known already. */
  add(plugin: ContractPlugin): void {
    if (!plugin.isKnown && this.#met.get(plugin.name) !== plugin.revision) this.#add(plugin)
  }

  /** Though it is known: something that it works with is other than it was. */
  again(plugin: ContractPlugin): void {
    this.#add(plugin)
  }

  close(): void {
    this.#over.abort()
  }

  #add(plugin: ContractPlugin): void {
    const { name, revision, need, found } = plugin
    if (found.problem !== undefined) return
    if (need !== undefined && !(need === 'dependencies' && this.#install)) return
    this.#met.set(name, revision)
    this.#last = this.#last.then(() => this.#meet(plugin))
  }

  async #meet(plugin: ContractPlugin): Promise<void> {
    const { signal } = this.#over
    if (signal.aborted) return
    const { name } = plugin
    try {
      if (plugin.need === 'dependencies' && this.#install) {
        for await (const line of this.#install(name, signal)) if (line.kind === 'done') break
      }
      if (plugin.weigh() === undefined) await plugin.load(signal)
    } catch (error) {
      if (signal.aborted) return
      this.#logs.happened(name, 'could not be started', toSeamError(error).message)
      // Nobody has asked for it: it is not tried over and over. Whoever calls it has it tried again.
      // A start that somebody asked for meanwhile is his.
      if (!plugin.isLoaded && plugin.slot.state.status !== 'INITIALIZING') await plugin.slot.unload()
    }
  }
}
