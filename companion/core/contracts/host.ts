import { join } from 'node:path'
import { systemClock } from '#dialogue/clock.ts'
import type { Clock } from '#dialogue/types.ts'
import type { Recogniser } from '#engine/transcribe/recogniser.ts'
import type {
  ContractConfig,
  ContractEvent,
  ContractInfo,
  ContractLight,
  InstallLine,
  Json,
} from '#protocol/contracts.ts'
import { SeamError, toSeamError } from '#protocol/errors.ts'
import type { LanguageModel } from '#protocol/language.ts'
import type { SpeechEngine } from '#protocol/speech.ts'
import type { PluginFolder } from '../plugins/discovery.ts'
import type { ProcessLedger } from '../process/ledger.ts'
import { ConfigStore } from './config-store.ts'
import type { FoundContract } from './discovery.ts'
import { modelOf, recogniserOf, speechOf } from './engines.ts'
import { Environments } from './environments.ts'
import { ContractEvents } from './events.ts'
import { ContractLogs, type LogLine } from './logs.ts'
import { Meetings } from './meetings.ts'
import { OfferCache } from './offers.ts'
import type { ContractPlugin, PluginParts } from './plugin.ts'
import { Residency } from './residency.ts'
import { ContractShelf } from './shelf.ts'
import type { Slot, SupervisionRules } from './types.ts'

/** Milliseconds between two looks at the folders. */
export const LOOK_EVERY = 10_000

export interface ContractHostOptions {
  readonly folders: readonly PluginFolder[]
  readonly stateFolder: string
  readonly cacheFolder: string
  readonly dataFolder: string
  /** Folder of the weights. */
  readonly models: string
  /** Whether packages of a plugin that was dropped in are installed without being asked for. */
  readonly autoInstall: boolean
  /** Milliseconds without a call after which a plugin is unloaded that does not say otherwise; 0 keeps it. */
  readonly idleUnload: number
  /** Bytes that all plugins may have together; 0 is no limit. */
  readonly maxResident: number
  /** Where environments of Python lie; among the data when absent. */
  readonly environments?: string
  /** Its page is closed with the host. */
  readonly ledger?: ProcessLedger
  readonly rules?: Partial<SupervisionRules>
  readonly clock?: Clock
}

/** The contract plugins that there are, each with its process, and what they bring into the rooms. */
export class ContractHost {
  readonly #ledger: ProcessLedger | undefined
  readonly #clock: Clock
  readonly #config: ConfigStore
  readonly #environments: Environments
  readonly #logs: ContractLogs
  readonly #events: ContractEvents
  readonly #residency: Residency
  readonly #meetings: Meetings
  readonly #shelf: ContractShelf
  /** While it looks by itself. */
  #endLooking: (() => void) | undefined
  #isOver = false
  #closed: Promise<void> | undefined

  constructor(options: ContractHostOptions) {
    const { stateFolder, cacheFolder, dataFolder, models, autoInstall, ledger, rules, clock = systemClock } = options
    this.#ledger = ledger
    this.#config = new ConfigStore(stateFolder)
    this.#environments = new Environments({
      folder: options.environments ?? join(dataFolder, 'environments'),
      ...(ledger && { ledger }),
    })
    this.#logs = new ContractLogs(stateFolder, (name, line) => this.#events.tell({ kind: 'log', name, ...line }))
    this.#events = new ContractEvents(clock, name => this.#shelf.get(name)?.info())
    const parts: PluginParts = {
      place: { environments: this.#environments, config: this.#config, models, dataFolder },
      cache: new OfferCache(cacheFolder),
      logs: this.#logs,
      clock,
      idleUnload: options.idleUnload,
      changed: ({ name }) => this.#events.changed(name),
      ...(rules && { rules }),
      ...(ledger && { ledger }),
    }
    this.#clock = clock
    this.#shelf = new ContractShelf(options.folders, parts, this.#events)
    this.#meetings = new Meetings(this.#logs, autoInstall ? (name, signal) => this.#installed(name, signal) : undefined)
    this.#residency = new Residency({
      clock,
      most: options.maxResident,
      residents: () => this.#shelf.plugins.map(plugin => plugin.resident()),
    })
  }

  /** Looks at the folders from now on, meets plugins that are new, and lets go of those that nobody uses. */
  start(): void {
    if (this.#endLooking || this.#isOver) return
    this.#residency.start()
    const look = () => {
      this.#shelf.look()
      for (const plugin of this.#shelf.plugins) this.#meetings.add(plugin)
      this.#endLooking = this.#clock.after(LOOK_EVERY, look)
    }
    look()
  }

  /** By name; those that can't be used have a `problem`. */
  list(): readonly ContractInfo[] {
    this.#shelf.look()
    return [...this.#shelf.plugins, ...this.#shelf.doubles]
      .map(plugin => plugin.info())
      .sort((one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0))
  }

  /** What rooms need to know of those that can be used; while it looks by itself, as it was at the last look. */
  lights(): readonly ContractLight[] {
    if (!this.#endLooking) this.#shelf.look()
    return this.#shelf.plugins
      .filter(({ found }) => found.problem === undefined)
      .map(plugin => plugin.light())
      .sort((one, other) => (one.name < other.name ? -1 : 1))
  }

  /** @throws SeamError not-found, with the nearest name */
  get(name: string): ContractInfo {
    return this.#lookAt(name).info()
  }

  /** @throws SeamError not-found, bad-input (it can't be used) */
  slot(name: string): Slot {
    return this.#find(name).slot
  }

  /** Starts it unless it runs, and asks anew what it brings. @throws SeamError */
  async load(name: string, signal?: AbortSignal): Promise<ContractInfo> {
    const plugin = this.#lookAt(name)
    await plugin.load(signal)
    return plugin.info()
  }

  /** Ends its process; the next call starts it. @throws SeamError not-found, bad-input */
  async unload(name: string): Promise<ContractInfo> {
    const plugin = this.#lookAt(name)
    await plugin.slot.unload()
    return plugin.info()
  }

  /**
   * Starts it anew, as its folder is now, and hands its state over; one that does not run is started.
   * @throws SeamError SWAP_FAILED; then the old one goes on
   */
  async swap(name: string, signal?: AbortSignal): Promise<ContractInfo> {
    const plugin = this.#lookAt(name)
    if (plugin.isLoaded) await plugin.swap(signal)
    else await plugin.load(signal)
    return plugin.info()
  }

  /** Out of quarantine; the next call starts it. @throws SeamError not-found, bad-input */
  release(name: string): ContractInfo {
    const plugin = this.#lookAt(name)
    plugin.slot.release()
    return plugin.info()
  }

  /** @throws SeamError not-found, bad-input */
  config(name: string): ContractConfig {
    return this.#config.tell(this.#usable(name))
  }

  /**
   * Keeps settings; a plugin that runs goes on with them without losing a call.
   * @throws SeamError bad-input with all that is wrong; engine, when the settings are kept and the plugin can't work
   * with them
   */
  async configure(name: string, values: Readonly<Record<string, Json>>): Promise<ContractConfig> {
    const plugin = this.#lookAt(name)
    const told = await this.#config.keep(this.#usable(name), values)
    plugin.weigh()
    this.#logs.happened(name, 'has new settings')
    this.#events.changed(name)
    if (plugin.isLoaded) {
      try {
        await plugin.swap()
      } catch (error) {
        const { code, message, details } = toSeamError(error)
        throw new SeamError(code, `The settings are kept, and not used yet. ${message}`, { cause: error, details })
      }
    } else this.#tryAgain(plugin)
    return told
  }

  /** Installs the packages of a plugin, and starts it, anew where it runs. @throws SeamError engine (the tool’s own words), offline, cancelled */
  async *install(name: string, signal?: AbortSignal): AsyncGenerator<InstallLine> {
    let isDone = false
    try {
      for await (const line of this.#installed(name, signal)) {
        isDone ||= line.kind === 'done'
        yield line
      }
    } finally {
      if (isDone) await this.#useInstalled(this.#find(name))
    }
  }

  /** What it said last, and what became of it. @throws SeamError not-found */
  log(name: string): readonly LogLine[] {
    this.#find(name)
    return this.#logs.lines(name)
  }

  /** @returns an end to it */
  watch(listener: (event: ContractEvent) => void): () => void {
    return this.#events.add(listener)
  }

  /** @throws SeamError not-found, bad-input (it is no voice) */
  speech(name: string): SpeechEngine {
    return speechOf(this.#find(name))
  }

  /** @throws SeamError not-found, bad-input (it does not hear) */
  recogniser(name: string): Recogniser {
    return recogniserOf(this.#find(name))
  }

  /** @param model the plugin's own choice when empty @throws SeamError not-found, bad-input (it is no language model) */
  model(name: string, model = ''): LanguageModel {
    return modelOf(this.#find(name), model)
  }

  /** Ends every process. */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    this.#isOver = true
    this.#endLooking?.()
    this.#residency.stop()
    this.#meetings.close()
    await this.#shelf.close()
    this.#events.close()
    await this.#logs.close()
    this.#ledger?.close()
  }

  async *#installed(name: string, signal?: AbortSignal): AsyncGenerator<InstallLine> {
    const plugin = this.#lookAt(name)
    const { usable } = plugin
    this.#logs.happened(name, `installs ${usable.requirements.join(', ') || 'nothing'}`)
    try {
      for await (const line of this.#environments.install(usable, signal)) {
        if (line.kind === 'log') this.#logs.happened(name, line.text)
        yield line
      }
    } catch (error) {
      this.#logs.happened(name, 'could not be installed', toSeamError(error).message)
      throw error
    } finally {
      plugin.weigh()
      this.#events.changed(name)
    }
  }

  /** What fails stands in the log: the packages are there all the same. */
  async #useInstalled(plugin: ContractPlugin): Promise<void> {
    if (plugin.isLoaded) await plugin.swap().catch(() => undefined)
    else this.#tryAgain(plugin)
  }

  /** What kept it from working may be gone. */
  #tryAgain(plugin: ContractPlugin): void {
    if (plugin.slot.state.quarantined) plugin.slot.release()
    if (this.#endLooking) this.#meetings.again(plugin)
  }

  #find(name: string): ContractPlugin {
    return this.#shelf.find(name)
  }

  /** As its folder is now. */
  #lookAt(name: string): ContractPlugin {
    this.#shelf.look()
    return this.#find(name)
  }

  #usable(name: string): FoundContract {
    return this.#find(name).usable
  }
}
