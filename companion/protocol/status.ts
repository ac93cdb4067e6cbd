import type { ContractLight } from './contracts.ts'

/** `GET /status` of the companion. */
export interface CompanionStatus {
  readonly name: 'voxloom'
  readonly version: string
  /** Revision of the REST and WebSocket contract. */
  readonly protocol: string
  /** Seconds. */
  readonly uptime: number
  /** Where things lie on the companion's disk; absent where it does not tell. */
  readonly folders?: { readonly models: string }
  readonly models: readonly { readonly id: string; readonly complete: boolean }[]
  /** The voice that the companion speaks with itself, for pages that would rather not; absent where it has none. */
  readonly voice?: CompanionVoice
  /** What it hears with; absent where it can't hear. */
  readonly listening?: CompanionListening
  /** Talks of other programs: how many there are, and how many of them have a client now. */
  readonly sessions?: { readonly open: number; readonly connected: number }
  /** Its contract plugins, with what each brings into the rooms. */
  readonly contracts?: readonly ContractLight[]
}

/** The companion's own voice. What it makes is what the page's engine of the same id and version would make. */
export interface CompanionVoice {
  readonly engine: string
  readonly version: string
  /** Whether its weights are on the companion's disk. */
  readonly ready: boolean
  /** Processor threads that it uses. */
  readonly threads: number
}

/** What the companion hears with. */
export interface CompanionListening {
  readonly engine: string
  readonly version: string
  /** Whether its weights are on the companion's disk. */
  readonly ready: boolean
  /** Processor threads that it uses. */
  readonly threads: number
}
