import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { toSeamError } from '#protocol/errors.ts'
import type { Trust } from '#protocol/plugins.ts'
import { MANIFEST, readManifest, type Manifest } from './manifest.ts'

/** A folder with a manifest, readable or not. */
export interface FoundPlugin {
  /** The folder's name. */
  readonly id: string
  readonly folder: string
  readonly trust: Trust
  readonly manifest?: Manifest
  /** Why the manifest can't be used, as a sentence; the plugin is listed all the same. */
  readonly problem?: string
}

/** A plugin that can be used. */
export type UsablePlugin = FoundPlugin & { readonly manifest: Manifest }

/** Where plugins are looked for. The first that has a name wins, and a second of the name is a row with a problem. */
export interface PluginFolder {
  readonly path: string
  readonly trust: Trust
}

/** Folders that hold no plugins though they lie beside them. */
const SKIPPED = new Set(['node_modules', 'sdk', 'target', 'conformance'])

export const isUsable = (plugin: FoundPlugin): plugin is UsablePlugin => plugin.manifest !== undefined

/** Every plugin of `folders`, in the order of their names. Starts nothing, and no broken manifest stops it. */
export function discoverPlugins(folders: readonly PluginFolder[]): FoundPlugin[] {
  const found = new Map<string, FoundPlugin>()
  const doubles: FoundPlugin[] = []
  const seen = new Set<string>()
  for (const { path, trust } of folders) {
    for (const folder of pluginFolders(resolve(path))) {
      const real = realPath(folder)
      if (seen.has(real)) continue
      const plugin = readPlugin(folder, trust)
      // A link whose name the manifest doesn't have must not hide the folder that it leads to.
      if (isUsable(plugin)) seen.add(real)
      const first = found.get(plugin.id)
      if (!first) found.set(plugin.id, plugin)
      else if (realPath(first.folder) !== real) {
        const { manifest: _, ...rest } = plugin
        doubles.push({
          ...rest,
          problem: `Another plugin of this name comes first: ${first.folder}. Rename or remove one.`,
        })
      }
    }
  }
  return [...found.values(), ...doubles].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
}

/** @param folder with a plugin.toml */
export function readPlugin(folder: string, trust: Trust = 'local'): FoundPlugin {
  const place = { id: basename(folder), folder, trust }
  try {
    return { ...place, manifest: readManifest(folder) }
  } catch (error) {
    return { ...place, problem: toSeamError(error).message }
  }
}

/** A folder is one plugin when it has a manifest, and otherwise a folder of plugins. */
function pluginFolders(path: string): string[] {
  if (existsSync(join(path, MANIFEST))) return [path]
  let names: string[]
  try {
    names = readdirSync(path)
  } catch {
    return []
  }
  return names
    .sort()
    .filter(name => !name.startsWith('.') && !SKIPPED.has(name))
    .map(name => join(path, name))
    .filter(folder => isFolder(folder) && existsSync(join(folder, MANIFEST)))
}

function realPath(folder: string): string {
  try {
    return realpathSync(folder)
  } catch {
    // Gone meanwhile: reading it tells.
    return folder
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}
