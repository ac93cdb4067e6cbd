import { join } from 'node:path'
import { ContractHost, type ContractHostOptions } from '../contracts/host.ts'

/** A host of the contract plugins in `folder`/plugins, for tests; whoever opens it ends it. Nothing is unloaded by itself. */
export function openTestContracts(folder: string, options: Partial<ContractHostOptions> = {}): ContractHost {
  const at = (name: string) => join(folder, name)
  return new ContractHost({
    folders: [{ path: at('plugins'), trust: 'local' }],
    stateFolder: at('state'),
    cacheFolder: at('cache'),
    dataFolder: at('data'),
    models: at('models'),
    autoInstall: false,
    idleUnload: 0,
    maxResident: 0,
    ...options,
  })
}
