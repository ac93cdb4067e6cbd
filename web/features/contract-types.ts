import type { ContractLight } from '#protocol/contracts.ts'
import type { SeamError } from '#protocol/errors.ts'

/** What a plugin does for a room. */
export type ContractPart = 'voice' | 'hearing'

/** A plugin that failed in the middle of work, and what went on without it. */
export interface ContractTrouble {
  readonly name: string
  readonly displayName: string
  readonly part: ContractPart
  readonly error: SeamError
}

/** The companion's contract plugins as the rooms see them. */
export interface StudioContracts {
  /** All that the companion has, as they are now; none while it is away. */
  readonly lights: readonly ContractLight[]
  /** What went wrong in work, until it is dismissed; one for each plugin and part. */
  readonly troubles: readonly ContractTrouble[]
  dismiss(trouble: ContractTrouble): void
  /** Whether it is worth asking: it is there, lacks nothing, and has not just failed. */
  isUp(name: string): boolean
  watch(listener: () => void): () => void
}
