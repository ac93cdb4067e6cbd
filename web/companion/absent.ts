import type { CompanionClient } from './types.ts'

/** The companion of a page that has none: it is never there, and asking costs nothing. */
export function createAbsentCompanion(): CompanionClient {
  return {
    state: 'absent',
    status: undefined,
    refresh: async () => {},
    watch: () => () => {},
    close: () => {},
  }
}
