import { existsSync } from 'node:fs'
import type { ArgsDef } from 'citty'
import { SeamError } from '#protocol/errors.ts'
import type { Config } from '../core/config/load.ts'
import type { FoundPlugin, PluginFolder } from '../core/plugins/discovery.ts'
import { pluginFolders } from '../core/plugins/folders.ts'
import { PluginShelf } from '../core/plugins/shelf.ts'
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
  readonly shelf: PluginShelf
  /** Those that there were when the command began. */
  readonly plugins: readonly FoundPlugin[]
}

/**
 * @param rawArgs of the command: `--plugins` may stand several times, and a parser keeps only the last
 * @throws SeamError not-found, when a folder that was named is not there
 */
export function openPlugins({ config }: Pick<Context, 'config'>, rawArgs: readonly string[]): PluginContext {
  const shelf = new PluginShelf({
    folders: givenFolders(config, rawArgs),
    stateFolder: config.folders.state,
    cacheFolder: config.folders.cache,
    models: config.models,
  })
  return { shelf, plugins: shelf.plugins() }
}

/**
 * Where plugins are looked for by a command. @param rawArgs of it
 * @throws SeamError not-found, when a folder that was named is not there
 */
export function givenFolders(config: Config, rawArgs: readonly string[]): PluginFolder[] {
  const given = repeated(rawArgs, 'plugins')
  for (const path of given) {
    if (!existsSync(path)) throw new SeamError('not-found', `There is no folder ${path}, which --plugins names.`)
  }
  return pluginFolders(config, given)
}

/** Every value that an option was given. */
function repeated(rawArgs: readonly string[], name: string): string[] {
  const values: string[] = []
  for (const [at, arg] of rawArgs.entries()) {
    if (arg === '--') break
    if (arg === `--${name}` && rawArgs[at + 1] !== undefined) values.push(rawArgs[at + 1]!)
    else if (arg.startsWith(`--${name}=`)) values.push(arg.slice(name.length + 3))
  }
  return values
}
