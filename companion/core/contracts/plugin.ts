import type { Clock } from '#dialogue/types.ts'
import { CONTRACT_METHODS } from '#protocol/contract-methods.ts'
import type { ContractInfo, ContractLight, ContractNeed, ContractOffers } from '#protocol/contracts.ts'
import { SeamError, toSeamError } from '#protocol/errors.ts'
import type { ProcessLedger } from '../process/ledger.ts'
import { Acquaintance } from './acquaintance.ts'
import { configRules } from './config-schema.ts'
import { DiscreetSlot } from './discreet-slot.ts'
import type { FoundContract } from './discovery.ts'
import { textsIn } from './json-text.ts'
import { launchOf, needOf, type LaunchPlace } from './launch.ts'
import type { ContractLogs } from './logs.ts'
import type { ContractManifest } from './manifest.ts'
import type { OfferCache } from './offers.ts'
import { infoOf, lightOf, type PluginFacts } from './plugin-info.ts'
import type { Resident } from './residency.ts'
import { openSlot } from './slot/slot.ts'
import type { Launch, Slot, SlotState, SupervisionRules } from './types.ts'

/** What the plugins of one host share. */
export interface PluginParts {
  readonly place: LaunchPlace
  readonly cache: OfferCache
  readonly logs: ContractLogs
  readonly clock: Clock
  /** Milliseconds without a call after which a plugin goes that does not say otherwise; 0 keeps it. */
  readonly idleUnload: number
  readonly rules?: Partial<SupervisionRules>
  readonly ledger?: ProcessLedger
  /** Something of it is other than it was. */
  changed(plugin: ContractPlugin): void
}

const STALE = 'Its files have changed since it was started. Swap it, and it runs as they are now.'

type Usable = FoundContract & { readonly manifest: ContractManifest }

const isUsable = (found: FoundContract): found is Usable => found.manifest !== undefined && found.problem === undefined

/** One plugin of a host: its folder as it is now, its process, and what it brings into the rooms. */
export class ContractPlugin {
  readonly name: string
  readonly #parts: PluginParts
  #found: FoundContract
  /** As it was when it could be used last: what runs goes on while somebody edits its manifest. */
  #usable: Usable | undefined
  #slot: Slot | undefined
  #unwatch: (() => void) | undefined
  /** Until processes of another contract are gone. */
  #replaced: Promise<unknown> = Promise.resolve()
  #need: ContractNeed | undefined
  readonly #offers: Acquaintance
  #status: SlotState['status'] = 'UNLOADED'
  /** At the last look. */
  #wasStale = false
  /** By the last word of its health. */
  #isIll = false

  constructor(found: FoundContract, parts: PluginParts) {
    this.name = found.name
    this.#parts = parts
    this.#found = found
    const { cache, logs, clock, changed } = parts
    this.#offers = new Acquaintance({ name: this.name, cache, logs, clock, changed: () => changed(this) })
    this.#use(found)
  }

  get found(): FoundContract {
    return this.#found
  }

  get offers(): ContractOffers {
    return this.#offers.offers
  }

  /** Version and content: what was said of another is not known of this one. */
  get revision(): string {
    return `${this.#found.manifest?.version ?? ''} ${this.#found.hash}`
  }

  /** Whether it is known what this revision brings. */
  get isKnown(): boolean {
    return this.#offers.knows(this.revision)
  }

  get need(): ContractNeed | undefined {
    return this.#need
  }

  get isLoaded(): boolean {
    return this.#slot?.state.pid !== undefined
  }

  /** As it was when it could be used last. @throws SeamError why it never could */
  get usable(): Usable {
    if (this.#usable) return this.#usable
    throw new SeamError('bad-input', this.#found.problem ?? 'The plugin has no manifest.', {
      details: { plugin: this.name },
    })
  }

  /** @throws SeamError why it can't be used */
  get manifest(): ContractManifest {
    return this.usable.manifest
  }

  /** @throws SeamError why it can't be used */
  get slot(): Slot {
    if (this.#slot) return this.#slot
    throw new SeamError('bad-input', `“${this.name}” can’t be used. ${this.#found.problem ?? ''}`.trim(), {
      details: { plugin: this.name },
    })
  }

  /** The folder as it was found again. @returns whether it is another than before */
  update(found: FoundContract): boolean {
    const before = this.#found
    const need = this.#need
    const isOther = found.hash !== before.hash || found.problem !== before.problem || found.folder !== before.folder
    this.#found = found
    if (isOther) this.#use(found)
    else this.weigh()
    const wasStale = this.#wasStale
    this.#wasStale = this.#isStale
    if (this.#wasStale && !wasStale) this.#parts.logs.happened(this.name, STALE)
    if (isOther || need !== this.#need) this.#parts.changed(this)
    if (this.#slot && this.#offers.isDue) void this.#offers.askAnew(this.#slot, this.manifest.contract)
    return isOther
  }

  /** Looks anew at what it lacks. */
  weigh(): ContractNeed | undefined {
    this.#need = this.#usable && needOf(this.#usable, this.#parts.place)
    return this.#need
  }

  /** Starts it, and learns what it brings; a plugin that runs is asked again. @throws SeamError */
  async load(signal?: AbortSignal): Promise<void> {
    const { slot } = this
    const wasAsked = this.#offers.wasAsked(slot.state.pid)
    await slot.load(signal)
    const { contract } = this.manifest
    if (wasAsked) await this.#offers.askAnew(slot, contract)
    else await this.#offers.ask(slot, contract)
  }

  /** A new process in the place of the one that runs. @throws SeamError SWAP_FAILED; then the old one goes on */
  async swap(signal?: AbortSignal): Promise<void> {
    const { logs } = this.#parts
    try {
      await this.slot.swap(signal)
    } catch (error) {
      logs.happened(this.name, 'swap failed', toSeamError(error).message)
      throw error
    }
    logs.happened(this.name, `swapped: process ${this.slot.state.pid ?? '–'} goes on`)
  }

  async close(): Promise<void> {
    this.#unwatch?.()
    this.#unwatch = undefined
    await Promise.all([this.#slot?.close(), this.#replaced])
    await this.#offers.settle()
  }

  light(): ContractLight {
    return lightOf(this.#facts)
  }

  info(): ContractInfo {
    const info = infoOf(this.#facts)
    return this.#isStale ? { ...info, notes: [...info.notes, STALE] } : info
  }

  resident(): Resident {
    const state = this.#slot?.state
    return {
      name: this.name,
      isLoaded: this.isLoaded,
      isIdle: state?.status === 'READY' && state.inFlight === 0,
      pid: state?.pid,
      lastUsed: state?.lastUsed,
      idleUnload: this.#usable?.manifest.idleUnload ?? this.#parts.idleUnload,
      unload: async reason => {
        this.#parts.logs.happened(this.name, `unloaded: ${reason}`)
        await this.#slot?.unload()
      },
    }
  }

  /** What was said by a plugin that runs holds until it is asked again, also where its folder has changed. */
  #use(found: FoundContract): void {
    if (isUsable(found)) {
      const isSame = this.#usable?.manifest.contract === found.manifest.contract
      this.#usable = found
      if (!this.#slot || !isSame) this.#open(found)
      this.#offers.recall(this.revision)
    }
    this.weigh()
  }

  #open({ manifest }: Usable): void {
    const { logs, ledger, rules, clock } = this.#parts
    this.#unwatch?.()
    this.#replaced = Promise.all([this.#replaced, this.#slot?.close()])
    const bare = openSlot({
      name: this.name,
      contract: manifest.contract,
      version: manifest.version,
      methods: CONTRACT_METHODS[manifest.contract] ?? [],
      launch: signal => this.#launch(signal),
      onLine: line => logs.said(this.name, line),
      onStatus: (status, failure) => {
        if (this.#slot === slot && this.#unwatch) this.#came(status, failure)
      },
      clock,
      ...(rules && { rules }),
      ...(ledger && { ledger }),
    })
    const slot = new DiscreetSlot(bare, text => logs.discreet(this.name, text))
    this.#slot = slot
    this.#unwatch = slot.watch(() => this.#seen(slot))
  }

  async #launch(signal: AbortSignal): Promise<Launch> {
    const { place, logs } = this.#parts
    const found = this.#usable!
    this.#offers.launching(this.revision, this.#slot?.state.pid)
    const launch = await launchOf(found, place, signal)
    const { secrets } = configRules(found.manifest.configSchema)
    logs.hide(
      this.name,
      secrets.flatMap(key => textsIn(launch.config[key])),
    )
    return launch
  }

  /** Tells the log. */
  #came(status: SlotState['status'], failure: SeamError | undefined): void {
    const { logs } = this.#parts
    const hasFailed = status === 'ERROR'
    if (status === this.#status && !hasFailed) return
    this.#status = status
    if (status === 'READY') logs.works(this.name)
    const quarantine = this.slot.state.quarantined ? ', in quarantine' : ''
    logs.happened(this.name, `${status}${quarantine}`, hasFailed ? failure?.message : undefined)
  }

  #seen(slot: Slot): void {
    const { status, pid, health } = slot.state
    const wasIll = this.#isIll
    const last = health.at(-1)
    if (last) this.#isIll = !last.answered || last.status === 'ERROR'
    const isWorking = status === 'READY' || status === 'BUSY'
    this.#parts.changed(this)
    if (!isWorking) return
    if (!this.#offers.wasAsked(pid)) void this.#offers.ask(slot, this.manifest.contract)
    // What it lacked is there now: a server, or a model of it.
    else if (wasIll && !this.#isIll) void this.#offers.askAnew(slot, this.manifest.contract)
  }

  /** Whether its folder is another than when the process was started. */
  get #isStale(): boolean {
    return this.#offers.isOlder(this.#slot?.state.pid, this.revision)
  }

  get #facts(): PluginFacts {
    const manifest = this.#found.manifest ?? this.#usable?.manifest
    return {
      found: this.#found,
      manifest,
      need: this.#need,
      state: this.#slot?.state,
      offers: this.offers,
      methods: this.#offers.methods,
      now: this.#parts.clock.now(),
    }
  }
}
