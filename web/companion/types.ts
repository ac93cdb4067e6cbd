import type { CompanionStatus } from '#protocol/status.ts'

export type CompanionState = 'absent' | 'connecting' | 'paired' | 'refused'

/** The companion as the page sees it. `absent.ts` is one, too: same shape, honest answers. */
export interface CompanionClient {
  readonly state: CompanionState
  readonly status: CompanionStatus | undefined
  /** Looks again, now. */
  refresh(): Promise<void>
  watch(listener: () => void): () => void
  close(): void
}
