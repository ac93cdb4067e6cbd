import type { Config } from '../config/load.ts'
import type { PluginFolder } from '../plugins/discovery.ts'
import { ProcessLedger } from '../process/ledger.ts'
import { ContractHost } from './host.ts'

const MINUTE = 60_000
const MIB = 1 << 20

/** The contract plugins of `folders` as the settings want them. Whoever opens the host ends it. */
export function openContracts(config: Config, folders: readonly PluginFolder[]): ContractHost {
  const { settings, folders: own, models } = config
  const environments = settings['plugins.environments']
  return new ContractHost({
    folders,
    stateFolder: own.state,
    cacheFolder: own.cache,
    dataFolder: own.data,
    models,
    autoInstall: settings['plugins.auto-install-deps']!,
    idleUnload: settings['plugins.idle-unload']! * MINUTE,
    ledger: new ProcessLedger(own.state),
    maxResident: settings['plugins.max-resident']! * MIB,
    ...(environments !== undefined && { environments }),
  })
}
