import { createPluginService } from './plugins.ts'
import type { PluginService } from './plugin-types.ts'
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

/** Plugins of a page without a companion: every call fails with `offline`, and nothing is sent. */
export function createAbsentPlugins(): PluginService {
  return createPluginService({ base: '', fetch: () => Promise.reject(new TypeError('There is no companion.')) })
}
