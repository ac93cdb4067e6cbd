import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { ContractNeed } from '#protocol/contracts.ts'
import { SeamError } from '#protocol/errors.ts'
import { fileError } from '../models/files.ts'
import { pluginEnvironment } from '../plugins/environment.ts'
import type { Command } from '../process/child.ts'
import { onPath } from '../process/on-path.ts'
import { confine } from '../sandbox/confine.ts'
import type { ConfigStore } from './config-store.ts'
import type { FoundContract } from './discovery.ts'
import { entryPointOf, isExecutable } from './entry-point.ts'
import type { Environments } from './environments.ts'
import { findPython, interpreterMissing } from './interpreter.ts'
import type { ContractManifest } from './manifest.ts'
import { hostCommand, PYTHON_SDK } from './python-command.ts'
import type { Launch } from './types.ts'

/** Where a plugin's parts lie on this machine. */
export interface LaunchPlace {
  readonly environments: Environments
  readonly config: ConfigStore
  /** Folder of the weights. */
  readonly models: string
  /** Of the user: each plugin has a folder of its own below it, `contracts/NAME`, where it may write. */
  readonly dataFolder: string
}

type Usable = FoundContract & { readonly manifest: ContractManifest }

/** What a plugin lacks before it can be started; undefined when nothing, and for one with a problem. Starts nothing. */
export function needOf(found: FoundContract, place: LaunchPlace): ContractNeed | undefined {
  if (!isUsable(found)) return undefined
  const { manifest, folder } = found
  if (entryPointOf(manifest, folder).file === undefined) return 'build'
  if (found.language === 'python') {
    if (!findPython(place.environments.interpreter)) return 'interpreter'
    if (place.environments.state(found) === 'missing') return 'dependencies'
  } else if (interpreterOf(manifest, folder) === undefined) return 'interpreter'
  return hasConfig(found, place.config) ? undefined : 'config'
}

/**
 * All that one start of a plugin takes.
 * @throws SeamError with what it lacks and how to come by it; `details.failure` says which
 */
export async function launchOf(found: FoundContract, place: LaunchPlace, signal: AbortSignal): Promise<Launch> {
  signal.throwIfAborted()
  if (!isUsable(found)) {
    throw new SeamError('bad-input', `The plugin “${found.name}” can’t be used. ${found.problem ?? ''}`.trimEnd())
  }
  const { manifest } = found
  const command = commandOf(found, place)
  const config = place.config.values(found)
  const dataFolder = join(place.dataFolder, 'contracts', found.name)
  try {
    mkdirSync(dataFolder, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw fileError(error, dataFolder, 'write')
  }
  const isPython = found.language === 'python'
  return {
    command: confine(command, {
      confinement: found.confinement,
      permissions: manifest.permissions,
      models: place.models,
      readable: isPython ? [PYTHON_SDK, ...place.environments.readable(found)] : [],
      writable: [{ path: dataFolder }],
    }),
    config,
    dataFolder,
    initializeTimeout: manifest.initializeTimeout,
    callTimeout: manifest.callTimeout,
  }
}

const isUsable = (found: FoundContract): found is Usable => found.manifest !== undefined && found.problem === undefined

function hasConfig(found: FoundContract, config: ConfigStore): boolean {
  try {
    config.values(found)
    return true
  } catch {
    return false
  }
}

/** What starts a plugin, unconfined. */
function commandOf(found: Usable, place: LaunchPlace): Command {
  const { manifest, folder, name } = found
  const env = pluginEnvironment(manifest.env, place.models)
  const { file, files } = entryPointOf(manifest, folder)
  if (file === undefined) throw buildMissing(found, files)
  if (found.language === 'python') {
    const { environments } = place
    const program = environments.python(found)
    return hostCommand({ program, python: environments.base(found), args: ['--plugin', folder], folder, env })
  }
  const program = interpreterOf(manifest, folder)
  if (program === undefined) throw interpreterMissing(name, manifest.interpreter[0]!)
  const path = join(folder, file)
  if (program === '') return { program: path, args: [], folder, env }
  return { program, args: [...manifest.interpreter.slice(1), path], folder, env }
}

/** The program that runs the file: empty for a file that runs by itself, undefined when it is not on this machine. */
function interpreterOf({ interpreter, entryPoint }: ContractManifest, folder: string): string | undefined {
  const [name] = interpreter
  // Node plugins run on the Node that runs Voxloom: the system's may be too old, or absent.
  if (name === 'node' || (name === undefined && /\.[cm]?[jt]s$/.test(entryPoint))) return process.execPath
  if (name === undefined) return ''
  if (!name.includes('/')) return onPath(name)
  const path = resolve(folder, name)
  return isExecutable(path) ? path : undefined
}

function buildMissing({ name, folder, manifest }: Usable, files: readonly string[]): SeamError {
  const way = manifest.build
    ? ` Run “voxloom contracts build ${name}”, or in ${folder}: ${manifest.build.join(' ')}`
    : ''
  return new SeamError('unsupported', `“${name}” is not built yet: there is no ${files.join(' and no ')}.${way}`, {
    retryable: true,
    details: { failure: 'BUILD_MISSING', plugin: name },
  })
}
