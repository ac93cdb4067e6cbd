import type { CompanionStatus } from '#protocol/status.ts'

export type CompanionState = 'absent' | 'connecting' | 'paired' | 'refused'

/** A page of another server and a companion on this computer. */
export interface CompanionPairing {
  /** Whether the page's server is no companion, or one elsewhere was connected. */
  readonly isHosted: boolean
  /** Where the companion is that was connected; undefined where the page's own server is asked. */
  readonly address: string | undefined
  /** To be called from a click. @throws SeamError whose `details.reason` says why not: see link.ts */
  connect(address: string, code: string): Promise<void>
  disconnect(): Promise<void>
}

/** The companion as the page sees it. `absent.ts` is one, too: same shape, honest answers. */
export interface CompanionClient {
  readonly state: CompanionState
  readonly status: CompanionStatus | undefined
  /** How a companion is connected that does not serve this page; absent where there is no way. */
  readonly pairing?: CompanionPairing
  /** Looks again, now. */
  refresh(): Promise<void>
  watch(listener: () => void): () => void
  close(): void
}
