import type { Config } from '../config/load.ts'
import type { SandboxRule } from '../config/settings.ts'

/** What one plugin may use; 0 stands for no limit. */
export interface ResourceLimits {
  /** Bytes of address space, of each process. */
  readonly memory: number
  /** Seconds of computing, of each process. */
  readonly cpu: number
  readonly openFiles: number
}

/** How plugins of a folder are confined. */
export interface ConfinementRules {
  readonly sandbox: SandboxRule
  readonly limits: ResourceLimits
}

/** How one plugin is confined, where the machine can. */
export interface Confinement {
  readonly sandbox: boolean
  readonly limits: ResourceLimits
}

export const NO_LIMITS: ResourceLimits = { memory: 0, cpu: 0, openFiles: 0 }
export const DEFAULT_RULES: ConfinementRules = { sandbox: 'installed', limits: NO_LIMITS }

export function rulesOf({ settings }: Pick<Config, 'settings'>): ConfinementRules {
  return {
    sandbox: settings['plugins.sandbox'] ?? 'installed',
    limits: {
      memory: (settings['plugins.max-memory'] ?? 0) * 1024 * 1024,
      cpu: settings['plugins.max-cpu'] ?? 0,
      openFiles: settings['plugins.max-files'] ?? 0,
    },
  }
}

export function confinementOf({ sandbox, limits }: ConfinementRules, isInstalled: boolean): Confinement {
  return { sandbox: sandbox === 'all' || (sandbox === 'installed' && isInstalled), limits }
}
