import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Json } from '#protocol/contracts.ts'
import { CONTRACT_METHODS } from '#protocol/contract-methods.ts'
import { ConfigStore } from '../../companion/core/contracts/config-store.ts'
import { readContract } from '../../companion/core/contracts/discovery.ts'
import { Environments } from '../../companion/core/contracts/environments.ts'
import { launchOf } from '../../companion/core/contracts/launch.ts'
import { openSlot } from '../../companion/core/contracts/slot/slot.ts'
import type { Slot } from '../../companion/core/contracts/types.ts'
import { modelsFolder, root } from './models.ts'

/** Python packages of the plugins, made once for all tests. */
export const environmentsFolder = join(root, '.cache', 'environments')

/** Installs the packages of a plugin of the product, where they are not there yet. */
export async function installContract(name: string): Promise<void> {
  const installing = new Environments({ folder: environmentsFolder }).install(readContract(join(root, 'plugins', name)))
  for await (const line of installing) if (line.kind === 'log') console.log(line.text)
}

export interface OpenedPlugin extends AsyncDisposable {
  readonly slot: Slot
}

/** A plugin of the product as its host runs it, on the real weights; its packages are installed when they are not there. */
export async function openContractPlugin(
  name: string,
  settings: Readonly<Record<string, Json>> = {},
): Promise<OpenedPlugin> {
  const found = readContract(join(root, 'plugins', name))
  if (!found.manifest) throw new Error(found.problem)
  const state = mkdtempSync(join(tmpdir(), 'voxloom-plugin-'))
  const environments = new Environments({ folder: environmentsFolder })
  await installContract(name)
  const config = new ConfigStore(state)
  await config.keep(found, settings)
  const { contract, version } = found.manifest
  const place = { environments, config, models: modelsFolder, dataFolder: state }
  const slot = openSlot({
    name,
    contract,
    version,
    methods: CONTRACT_METHODS[contract] ?? [],
    launch: signal => launchOf(found, place, signal),
  })
  return {
    slot,
    async [Symbol.asyncDispose]() {
      await slot.close()
      rmSync(state, { recursive: true, force: true })
    },
  }
}
