import { basename, join, resolve } from 'node:path'
import { toSeamError } from '#protocol/errors.ts'
import type { Trust } from '#protocol/plugins.ts'
import { Labels, type Label } from '../install/label.ts'
import { foldersWith, realPath, type PluginFolder } from '../plugins/discovery.ts'
import { confinementOf, DEFAULT_RULES, type Confinement } from '../sandbox/rules.ts'
import { configRules } from './config-schema.ts'
import { entryPointOf, isExecutable, type ContractLanguage, type EntryPoint } from './entry-point.ts'
import { folderStamp, stamped } from './folder-stamp.ts'
import { CONTRACT_MANIFEST, readContractManifest, type ContractManifest } from './manifest.ts'
import { REQUIREMENTS, requirementsOf } from './requirements.ts'

/** A folder with a manifest.json, readable or not. */
export interface FoundContract {
  /** The folder's name. */
  readonly name: string
  readonly folder: string
  readonly trust: Trust
  readonly manifest?: ContractManifest
  /** Why it can't be used, as a sentence; it is listed all the same. */
  readonly problem?: string
  readonly notes: readonly string[]
  readonly language: ContractLanguage
  /** Packages of Python that it needs, as pip takes them. */
  readonly requirements: readonly string[]
  /** Another one whenever a file of the folder has changed. */
  readonly hash: string
  readonly confinement?: Confinement
}

/** What the folder alone says, whichever way it was found. */
type Reading = Pick<FoundContract, 'manifest' | 'problem' | 'notes' | 'language' | 'requirements' | 'hash'>

interface KnownReading extends Reading {
  /** Files of the folder that may be links: what they lead to counts. */
  readonly links: readonly string[]
}

const UNREAD = { notes: [], language: 'program', requirements: [] } as const

/** Readings of this process, by folder: folders are looked at every few seconds, and change seldom. */
const known = new Map<string, KnownReading>()

/** Every contract plugin of `folders`, by name. Starts nothing, and no broken manifest stops it. */
export function discoverContracts(folders: readonly PluginFolder[]): FoundContract[] {
  const found = new Map<string, FoundContract>()
  const doubles: FoundContract[] = []
  const seen = new Set<string>()
  const labels = folders.filter(({ hasLockFile }) => hasLockFile).map(({ path }) => new Labels(resolve(path)))
  const labelOf = (folder: string) => labels.map(label => label.of(folder)).find(label => label !== undefined)
  for (const { path, trust, rules = DEFAULT_RULES } of folders) {
    for (const folder of foldersWith(resolve(path), CONTRACT_MANIFEST)) {
      const real = realPath(folder)
      if (seen.has(real)) continue
      const label = labelOf(folder)
      const confinement = confinementOf(rules, label?.installed !== undefined)
      const plugin = { ...readContract(folder, trust, label), confinement }
      // A link whose name the manifest doesn't have must not hide the folder that it leads to.
      if (plugin.problem === undefined) seen.add(real)
      const first = found.get(plugin.name)
      if (!first) found.set(plugin.name, plugin)
      else if (realPath(first.folder) !== real) doubles.push(asDouble(plugin, first))
    }
  }
  return [...found.values(), ...doubles].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}

/** @param folder with a manifest.json */
export function readContract(folder: string, trust: Trust = 'local', label?: Label): FoundContract {
  const place = { name: basename(folder), folder, trust: label?.trust ?? trust }
  if (label?.problem !== undefined) return { ...place, ...UNREAD, hash: '', problem: label.problem }
  const { links: _, ...rest } = reading(folder)
  return { ...place, ...rest }
}

function asDouble({ manifest: _, ...plugin }: FoundContract, first: FoundContract): FoundContract {
  const problem = `Another plugin of this name comes first: ${first.folder}. Rename or remove one.`
  return { ...plugin, problem }
}

function reading(folder: string): KnownReading {
  const before = known.get(folder)
  try {
    if (before && folderStamp(folder, before.links) === before.hash) return before
    const fresh = stamped(folder, readAnew)
    known.set(folder, fresh)
    return fresh
  } catch (error) {
    return { ...UNREAD, hash: '', links: [], problem: toSeamError(error).message }
  }
}

/** A plugin with a problem has no manifest: nobody starts it by mistake. */
function readAnew(folder: string): Omit<KnownReading, 'hash'> {
  const links = [CONTRACT_MANIFEST, REQUIREMENTS]
  try {
    const { manifest, notes } = readContractManifest(folder)
    const entry = entryPointOf(manifest, folder)
    links.push(...entry.files)
    configRules(manifest.configSchema)
    const problem = entryProblem(entry, manifest, folder) ?? platformProblem(manifest.platform)
    if (problem !== undefined) return { ...UNREAD, language: entry.language, notes, problem, links }
    const { language } = entry
    if (language !== 'python') return { ...UNREAD, manifest, language, notes: [...notes, ...unused(manifest)], links }
    const { lines, notes: more } = requirementsOf(folder, manifest.dependencies)
    return { manifest, language, notes: [...notes, ...more], requirements: lines, links }
  } catch (error) {
    return { ...UNREAD, problem: toSeamError(error).message, links }
  }
}

function entryProblem({ language, file, files }: EntryPoint, manifest: ContractManifest, folder: string) {
  if (file === undefined) {
    // What is still to be built is no problem: it is told with the way to build it.
    if (manifest.build) return undefined
    const way = 'Correct “entry_point”, say by “build” how it is made, or install it again.'
    return `Its program is missing: there is no ${files.join(' and no ')}. ${way}`
  }
  if (language !== 'program' || manifest.interpreter.length > 0 || isExecutable(join(folder, file))) return undefined
  return `Its program ${file} is not executable. Name an “interpreter” in manifest.json, or run: chmod +x ${join(folder, file)}`
}

function platformProblem(platform: readonly string[]): string | undefined {
  const here = `${process.platform}-${process.arch}`
  return platform.length > 0 && !platform.includes(here)
    ? `It runs on ${platform.join(', ')}; this is ${here}.`
    : undefined
}

const unused = ({ dependencies }: ContractManifest) =>
  dependencies.length > 0
    ? ['“dependencies” are packages of Python, and this plugin is none: nothing is installed.']
    : []
