import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { toSeamError } from '#protocol/errors.ts'
import type { Trust } from '#protocol/plugins.ts'
import { Labels, type Label } from '../install/label.ts'
import type { InstalledRecord } from '../install/lock-file.ts'
import { confinementOf, DEFAULT_RULES, type Confinement, type ConfinementRules } from '../sandbox/rules.ts'
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
  /** What the lock file says of it, when it was installed from an archive. */
  readonly installed?: InstalledRecord
  /** How it is confined when it runs; absent for a folder that was named by itself. */
  readonly confinement?: Confinement
}

/** A plugin that can be used. */
export type UsablePlugin = FoundPlugin & { readonly manifest: Manifest }

/** Where plugins are looked for. The first that has a name wins, and a second of the name is a row with a problem. */
export interface PluginFolder {
  readonly path: string
  readonly trust: Trust
  /** Whether plugins are installed here, and a lock file says what they were. */
  readonly hasLockFile?: boolean
  readonly rules?: ConfinementRules
}

/** Folders that hold no plugins though they lie beside them. */
export const SKIPPED: ReadonlySet<string> = new Set(['node_modules', 'sdk', 'target', 'conformance'])

export const isUsable = (plugin: FoundPlugin): plugin is UsablePlugin => plugin.manifest !== undefined

/** Every plugin of `folders`, in the order of their names. Starts nothing, and no broken manifest stops it. */
export function discoverPlugins(folders: readonly PluginFolder[]): FoundPlugin[] {
  const found = new Map<string, FoundPlugin>()
  const doubles: FoundPlugin[] = []
  const seen = new Set<string>()
  const labels = folders.filter(({ hasLockFile }) => hasLockFile).map(({ path }) => new Labels(resolve(path)))
  // A folder that was installed is one, also where another way leads to it.
  const labelOf = (folder: string) => labels.map(known => known.of(folder)).find(label => label !== undefined)
  for (const { path, trust, rules = DEFAULT_RULES } of folders) {
    for (const folder of foldersWith(resolve(path), MANIFEST)) {
      const real = realPath(folder)
      if (seen.has(real)) continue
      const label = labelOf(folder)
      const confinement = confinementOf(rules, label?.installed !== undefined)
      const plugin = { ...readPlugin(folder, trust, label), confinement }
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
export function readPlugin(folder: string, trust: Trust = 'local', label?: Label): FoundPlugin {
  const { problem, installed } = label ?? {}
  const place = { id: basename(folder), folder, trust: label?.trust ?? trust, ...(installed && { installed }) }
  if (problem !== undefined) return { ...place, problem }
  try {
    return { ...place, manifest: readManifest(folder) }
  } catch (error) {
    return { ...place, problem: toSeamError(error).message }
  }
}

/** A folder is one plugin when it has a `manifest`, and otherwise a folder of plugins. */
export function foldersWith(path: string, manifest: string): string[] {
  if (existsSync(join(path, manifest))) return [path]
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
    .filter(folder => isFolder(folder) && existsSync(join(folder, manifest)))
}

/** Where links lead to. */
export function realPath(folder: string): string {
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
