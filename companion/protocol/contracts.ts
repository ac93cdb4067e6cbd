import type { ErrorData } from './errors.ts'
import type { Trust } from './plugins.ts'
import type { Voice } from './speech.ts'

/** Revision of the wire: docs/contract-plugins.md. */
export const CONTRACT_REVISION = 1
export const KNOWN_CONTRACTS = ['tts', 'stt', 'llm'] as const
export const PLUGIN_STATUSES = [
  'UNLOADED',
  'INITIALIZING',
  'READY',
  'BUSY',
  'ERROR',
  'SHUTTING_DOWN',
  'STOPPED',
] as const
export type PluginStatus = (typeof PLUGIN_STATUSES)[number]
/** What a plugin lacks before it can be started. */
export type ContractNeed = 'dependencies' | 'config' | 'interpreter' | 'build'
/**
 * What a plugin that runs may wait for, which somebody else has to see to: a server behind it that does not answer,
 * settings with which that does not let it in, a model that nobody has given it.
 */
export const AILMENT_NEEDS = ['server', 'config', 'model'] as const
export type AilmentNeed = (typeof AILMENT_NEEDS)[number]
/** Why a plugin whose process runs can't work, as it said when it was asked last. */
export interface Ailment {
  /** Left out where something broke. */
  readonly need?: AilmentNeed
  /** What is wrong and what to do, in the plugin's own words; may be empty. */
  readonly message: string
}
export type JsonSchema = Readonly<Record<string, unknown>>

/** Bytes as methods take and give them. */
export interface AudioData {
  readonly mime: string
  readonly bytes: Uint8Array<ArrayBuffer>
}
/** What goes through a call: JSON in which bytes may stand. */
export type WireValue =
  null | boolean | number | string | AudioData | readonly WireValue[] | { readonly [key: string]: WireValue }
/** The same as JSON alone, for REST and state: bytes are `{ encoding: 'base64', mime, data }`. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

export interface HealthSample {
  readonly at: string
  /** Of the plugin's own word; ERROR where it did not answer. */
  readonly status: PluginStatus
  readonly answered: boolean
  readonly message: string
  /** Milliseconds that the answer took, as seen from the host. */
  readonly took: number
  readonly latencyMs?: number
  readonly memoryMb?: number
  readonly details?: Json
}
export interface MethodInfo {
  readonly name: string
  readonly about: string
  readonly required: boolean
  readonly streams: boolean
  /** Whether this plugin has it; unknown before it was loaded once. */
  readonly offered?: boolean
  readonly params: JsonSchema
  readonly result: JsonSchema
}
/** What a plugin brings into the rooms, as it said when it was loaded last. */
export interface ContractOffers {
  readonly voices?: readonly Voice[]
  readonly languages?: readonly { readonly id: string; readonly name: string }[]
  readonly models?: readonly { readonly id: string; readonly name: string }[]
}
/** As /status and the rooms' lights have it. */
export interface ContractLight {
  readonly name: string
  readonly displayName: string
  readonly contract: string
  readonly version: string
  /** Of its process. */
  readonly status: PluginStatus
  /** It can't work, though its process is READY or BUSY. */
  readonly ailment?: Ailment
  readonly need?: ContractNeed
  readonly quarantined: boolean
  readonly offers: ContractOffers
}
export interface ContractInfo extends ContractLight {
  readonly folder: string
  /** Why it can't be used at all, as a sentence; little else is known then. */
  readonly problem?: string
  /** What is odd and no hindrance. */
  readonly notes: readonly string[]
  readonly description: string
  readonly author: string
  readonly license: string
  readonly homepage: string
  readonly trust: Trust
  readonly sandbox: 'bubblewrap' | 'none'
  readonly language: 'python' | 'node' | 'program'
  readonly requirements: readonly string[]
  readonly methods: readonly MethodInfo[]
  readonly configSchema?: JsonSchema
  /** Why it failed last. */
  readonly failure?: ErrorData
  /** Oldest first, at most HEALTH_KEPT. */
  readonly health: readonly HealthSample[]
  readonly restarts: number
  /** Whether it can hand over what it holds in mind; left out before it was started, and where it can't. */
  readonly keepsState?: true
  /** Lines, answers and ids that nobody asked for, since it was started. */
  readonly faults: number
  readonly pid?: number
  /** Bytes, of its processes. */
  readonly memory?: number
  readonly lastUsed?: string
}
export const HEALTH_KEPT = 60

/** The voice VOICE of the plugin NAME, among all voices: `NAME/VOICE`. */
export const contractVoice = (name: string, voice: string): string => `${name}/${voice}`
export function readContractVoice(id: string): { readonly name: string; readonly voice: string } | undefined {
  const at = id.indexOf('/')
  return at > 0 ? { name: id.slice(0, at), voice: id.slice(at + 1) } : undefined
}
/** Among language models and transcribers: `plugin:NAME`, `plugin:NAME:MODEL`. */
export const contractId = (name: string, model = ''): string => `plugin:${name}${model === '' ? '' : `:${model}`}`
export function readContractId(id: string): { readonly name: string; readonly model: string } | undefined {
  const found = /^plugin:([^:]+)(?::(.*))?$/s.exec(id)
  return found ? { name: found[1]!, model: found[2] ?? '' } : undefined
}

/** Settings as they are told: secrets only by their names. */
export interface ContractConfig {
  readonly schema: JsonSchema
  readonly values: Readonly<Record<string, Json>>
  readonly secrets: readonly string[]
  /** Secrets that are set. */
  readonly set: readonly string[]
  readonly faults: readonly { readonly path: string; readonly message: string }[]
}
export interface CallReport {
  readonly result: Json
  readonly took: number
  readonly items: number
  readonly command: string
}
/** What `contracts.stream` tells: items as they come, then one report. */
export type StreamLine = { readonly item: Json; readonly at: number } | { readonly report: CallReport }
/** What `contracts.watch` and `contracts.install` tell. */
export type ContractEvent =
  | { readonly kind: 'info'; readonly info: ContractInfo }
  | { readonly kind: 'gone'; readonly name: string }
  | { readonly kind: 'log'; readonly name: string; readonly at: string; readonly text: string }
export type InstallLine =
  | { readonly kind: 'progress'; readonly done: number; readonly total: number; readonly what: string }
  | { readonly kind: 'log'; readonly text: string }
  | { readonly kind: 'done'; readonly lock: readonly string[] }
