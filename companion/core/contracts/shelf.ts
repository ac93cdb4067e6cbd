import { SeamError } from '#protocol/errors.ts'
import { nearest } from '../nearest.ts'
import type { PluginFolder } from '../plugins/discovery.ts'
import { discoverContracts, type FoundContract } from './discovery.ts'
import type { ContractEvents } from './events.ts'
import { ContractPlugin, type PluginParts } from './plugin.ts'

/** The plugins that lie in the folders, by name. */
export class ContractShelf {
  readonly #folders: readonly PluginFolder[]
  readonly #parts: PluginParts
  readonly #events: ContractEvents
  readonly #plugins = new Map<string, ContractPlugin>()
  #doubles: readonly FoundContract[] = []
  /** Plugins whose folders are gone, while they end. */
  readonly #leaving = new Set<Promise<void>>()
  #isOver = false

  constructor(folders: readonly PluginFolder[], parts: PluginParts, events: ContractEvents) {
    this.#folders = folders
    this.#parts = parts
    this.#events = events
  }

  get plugins(): readonly ContractPlugin[] {
    return [...this.#plugins.values()]
  }

  /** Further folders of names that are taken: nobody starts them. */
  get doubles(): readonly ContractPlugin[] {
    return this.#doubles.map(found => new ContractPlugin(found, this.#parts))
  }

  get(name: string): ContractPlugin | undefined {
    return this.#plugins.get(name)
  }

  /** @throws SeamError not-found, with the nearest name */
  find(name: string): ContractPlugin {
    if (!this.#plugins.has(name)) this.look()
    const plugin = this.#plugins.get(name)
    if (plugin) return plugin
    const meant = nearest(name, this.#plugins.keys())
    const hint = meant === undefined ? '' : ` Did you mean “${meant}”?`
    throw new SeamError('not-found', `There is no contract plugin “${name.slice(0, 64)}”.${hint}`, {
      details: { plugin: name.slice(0, 64) },
    })
  }

  /** Takes in what is new, and lets go of what is gone. Starts nothing. */
  look(): void {
    if (this.#isOver) return
    const names = this.#sorted(discoverContracts(this.#folders))
    for (const [name, plugin] of this.#plugins) if (!names.has(name)) this.#drop(name, plugin)
    for (const [name, found] of names) {
      const plugin = this.#plugins.get(name)
      if (plugin) plugin.update(found)
      else {
        this.#plugins.set(name, new ContractPlugin(found, this.#parts))
        this.#events.changed(name)
      }
    }
  }

  async close(): Promise<void> {
    this.#isOver = true
    await Promise.all([...this.plugins.map(plugin => plugin.close()), ...this.#leaving])
  }

  /** One of each name: the first, or the one that can be used where the first can't. */
  #sorted(found: readonly FoundContract[]): Map<string, FoundContract> {
    const names = new Map<string, FoundContract>()
    const doubles: FoundContract[] = []
    for (const each of found) {
      const first = names.get(each.name)
      if (first && (first.problem === undefined || each.problem !== undefined)) doubles.push(each)
      else {
        names.set(each.name, each)
        if (first) doubles.push(first)
      }
    }
    this.#doubles = doubles
    return names
  }

  #drop(name: string, plugin: ContractPlugin): void {
    this.#plugins.delete(name)
    this.#events.tell({ kind: 'gone', name })
    const leaving = plugin.close().then(() => {
      this.#leaving.delete(leaving)
      // Not before: what it says at its end may hold a secret of its. By then it may be back, too.
      if (!this.#plugins.has(name)) this.#parts.logs.forget(name)
    })
    this.#leaving.add(leaving)
  }
}
