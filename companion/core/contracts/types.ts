import type { Clock } from '#dialogue/types.ts'
import type { HealthSample, Json, PluginStatus, WireValue } from '#protocol/contracts.ts'
import type { MethodSpec } from '#protocol/contract-methods.ts'
import type { SeamError } from '#protocol/errors.ts'
import type { Command } from '../process/child.ts'
import type { ProcessLedger } from '../process/ledger.ts'

/** One start of a plugin. Asked for anew each time: settings, environment and folder may be others by then. */
export interface Launch {
  readonly command: Command
  readonly config: Readonly<Record<string, Json>>
  readonly dataFolder: string
  /** Milliseconds. */
  readonly initializeTimeout: number
  /** Milliseconds without an answer or an item after which a call is given up. */
  readonly callTimeout: number
}
export interface SupervisionRules {
  /** Milliseconds between two questions after its health. */
  readonly healthEvery: number
  /** Milliseconds that an answer to one may take. */
  readonly healthPatience: number
  /** Answers that may fail to come, one after another, before it is given up. */
  readonly missesAllowed: number
  /** Milliseconds before the first start anew, and the longest that doubling makes of it. */
  readonly backoff: readonly [first: number, longest: number]
  /** Restarts within `quarantineWindow` milliseconds after which it is left alone. */
  readonly quarantineAfter: number
  readonly quarantineWindow: number
  /** Milliseconds that a swap may take, and that calls in flight are waited for. */
  readonly swapPatience: number
  /** Calls at one time; more wait. */
  readonly maxInFlight: number
}
export interface SlotOptions {
  readonly name: string
  readonly contract: string
  readonly version: string
  /** Empty for a contract that nobody knows: everything passes. */
  readonly methods: readonly MethodSpec[]
  /** @throws SeamError where something is missing: interpreter, packages, settings */
  launch(signal: AbortSignal): Promise<Launch>
  readonly rules?: Partial<SupervisionRules>
  /** The system's when absent. */
  readonly clock?: Clock
  readonly ledger?: ProcessLedger
  onLine?(line: string): void
  /** Each status that it comes to, at once: who watches is told of several as one. */
  onStatus?(status: PluginStatus, failure?: SeamError): void
}
export interface OfferedMethod {
  readonly name: string
  readonly params?: readonly string[]
  readonly streams: boolean
}
export interface SlotState {
  readonly status: PluginStatus
  /** Of the last start; empty before. */
  readonly methods: readonly OfferedMethod[]
  readonly health: readonly HealthSample[]
  readonly failure?: SeamError
  readonly quarantined: boolean
  readonly restarts: number
  readonly faults: number
  readonly inFlight: number
  readonly pid?: number
  /** When a call was made last: milliseconds of the clock in the options. */
  readonly lastUsed?: number
  readonly canKeepState: boolean
}
export interface CallRun {
  readonly signal?: AbortSignal
  readonly timeout?: number
}
/** One plugin, supervised: there is always one of it to call, unless its state says why not. */
export interface Slot {
  readonly name: string
  readonly state: SlotState
  call(method: string, params: Readonly<Record<string, WireValue>>, run?: CallRun): Promise<WireValue>
  /** Items as they come; the final result last, when it is not null. Leaving the loop cancels the call. */
  stream(method: string, params: Readonly<Record<string, WireValue>>, run?: CallRun): AsyncGenerator<WireValue>
  load(signal?: AbortSignal): Promise<void>
  unload(): Promise<void>
  /** @throws SeamError SWAP_FAILED; then the old one goes on */
  swap(signal?: AbortSignal): Promise<void>
  capture(): Promise<Json>
  restore(state: Json): Promise<void>
  /** Out of quarantine. */
  release(): void
  watch(listener: () => void): () => void
  close(): Promise<void>
}
