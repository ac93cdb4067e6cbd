import type { SupervisionRules } from '../types.ts'

/** How plugins are looked after, unless somebody says otherwise. */
export const SUPERVISION: SupervisionRules = {
  healthEvery: 10_000,
  healthPatience: 5_000,
  missesAllowed: 3,
  backoff: [1_000, 30_000],
  quarantineAfter: 5,
  quarantineWindow: 600_000,
  swapPatience: 30_000,
  maxInFlight: 64,
}
