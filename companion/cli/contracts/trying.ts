import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testContracts } from '../../core/conformance/contracts/kit.ts'
import { ConfigStore } from '../../core/contracts/config-store.ts'
import { discoverContracts, type FoundContract } from '../../core/contracts/discovery.ts'
import { Environments } from '../../core/contracts/environments.ts'
import { launchOf, needOf, type LaunchPlace } from '../../core/contracts/launch.ts'
import type { Context } from '../context.ts'
import { tell } from '../output.ts'
import { givenFolders } from '../plugin-context.ts'
import type { TestReport } from '../test-report.ts'

/** The contract plugins that a command finds. */
export const contractsOf = ({ config }: Context, rawArgs: readonly string[]): FoundContract[] =>
  discoverContracts(givenFolders(config, rawArgs))

/** By what name results of a contract plugin are told: a folder may hold a plugin of the other kind, too. */
const titleOf = ({ name }: FoundContract) => `contracts/${name}`

/** Runs every rule against them, with their settings, and with a folder to write into that is gone afterwards. */
export async function tryContracts(
  plugins: readonly FoundContract[],
  context: Context,
  report: TestReport,
): Promise<void> {
  const { config, signal } = context
  const dataFolder = mkdtempSync(join(tmpdir(), 'voxloom-test-'))
  const environments = new Environments({
    folder: config.settings['plugins.environments'] ?? join(config.folders.data, 'environments'),
  })
  const place: LaunchPlace = {
    environments,
    config: new ConfigStore(config.folders.state),
    models: config.models,
    dataFolder,
  }
  try {
    await testContracts(plugins, {
      signal,
      async launch(plugin) {
        if (config.settings['plugins.auto-install-deps'] && needOf(plugin, place) === 'dependencies') {
          if (!context.json) tell(`${plugin.name}: installs ${plugin.requirements.join(', ')}`)
          for await (const _ of environments.install(plugin, signal));
        }
        return launchOf(plugin, place, signal)
      },
      onResult: (plugin, result) => report.add(titleOf(plugin), result),
    })
  } finally {
    rmSync(dataFolder, { recursive: true, force: true })
  }
}
