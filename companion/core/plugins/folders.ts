import { delimiter, join } from 'node:path'
import type { Config } from '../config/load.ts'
import { sweepInstalled } from '../install/sweep.ts'
import { productRoot } from '../paths.ts'
import { rulesOf } from '../sandbox/rules.ts'
import type { PluginFolder } from './discovery.ts'

/** Where plugins are installed. */
export const installedFolder = ({ folders }: Pick<Config, 'folders'>): string => join(folders.data, 'plugins')

/**
 * Where plugins are looked for, nearest first: the command line, the settings, what was installed, what came with
 * Voxloom. What a killed installation has left behind is put in order before anybody looks.
 */
export function pluginFolders(config: Config, given: readonly string[] = []): PluginFolder[] {
  const { settings } = config
  const configured = (settings['plugins.folders'] ?? '').split(delimiter).filter(Boolean)
  const installed = installedFolder(config)
  sweepInstalled(installed)
  const paths = [...given, ...configured, installed, join(productRoot, 'plugins')]
  const rules = rulesOf(config)
  return paths.map(path => ({ path, trust: 'local', rules, hasLockFile: path === installed }))
}
