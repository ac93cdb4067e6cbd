import { delimiter, join } from 'node:path'
import type { Config } from '../config/load.ts'
import { productRoot } from '../paths.ts'
import type { PluginFolder } from './discovery.ts'

/**
 * Where plugins are looked for, nearest first: the command line, the settings, what was installed, what came with
 * Voxloom.
 */
export function pluginFolders({ settings, folders }: Config, given: readonly string[] = []): PluginFolder[] {
  const configured = (settings['plugins.folders'] ?? '').split(delimiter).filter(Boolean)
  const paths = [...given, ...configured, join(folders.data, 'plugins'), join(productRoot, 'plugins')]
  return paths.map(path => ({ path, trust: 'local' }))
}
