import { delimiter, join } from 'node:path'
import type { ArgsDef } from 'citty'
import { discoverPlugins, type FoundPlugin, type PluginFolder } from '../core/plugins/discovery.ts'
import { VerificationCache } from '../core/plugins/verify.ts'
import { ProcessLedger } from '../core/process/ledger.ts'
import { productRoot } from '../core/paths.ts'
import type { Config } from '../core/config/load.ts'
import type { Context } from './context.ts'

/** Options of every command that uses plugins. */
export const pluginArgs = {
  plugins: {
    type: 'string',
    description: 'a folder of plugins, or of one; may be given several times',
    valueHint: 'DIR',
  },
} as const satisfies ArgsDef

/** What commands that start plugins work with. */
export interface PluginContext {
  readonly plugins: readonly FoundPlugin[]
  readonly verifications: VerificationCache
  readonly ledger: ProcessLedger
}

/** @param rawArgs of the command: `--plugins` may stand several times, and a parser keeps only the last */
export function openPlugins({ config }: Pick<Context, 'config'>, rawArgs: readonly string[]): PluginContext {
  const ledger = new ProcessLedger(config.folders.state)
  ledger.reap()
  return {
    plugins: discoverPlugins(pluginFolders(config, repeated(rawArgs, 'plugins'))),
    verifications: new VerificationCache(config.folders.cache),
    ledger,
  }
}

/** Nearest first: the command line, the settings, what was installed, what came with Voxloom. */
function pluginFolders(config: Config, given: readonly string[]): PluginFolder[] {
  const configured = (config.settings['plugins.folders'] ?? '').split(delimiter).filter(Boolean)
  return [...given, ...configured, join(config.folders.data, 'plugins'), join(productRoot, 'plugins')].map(path => ({
    path,
    trust: 'local',
  }))
}

/** Every value that an option was given. */
export function repeated(rawArgs: readonly string[], name: string): string[] {
  const values: string[] = []
  for (const [at, arg] of rawArgs.entries()) {
    if (arg === '--') break
    if (arg === `--${name}` && rawArgs[at + 1] !== undefined) values.push(rawArgs[at + 1]!)
    else if (arg.startsWith(`--${name}=`)) values.push(arg.slice(name.length + 3))
  }
  return values
}
