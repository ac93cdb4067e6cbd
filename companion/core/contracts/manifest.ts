import { readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { KNOWN_CONTRACTS, type JsonSchema } from '#protocol/contracts.ts'
import { rawContractManifest, type RawContractManifest } from '#protocol/contract-manifest.ts'
import { SeamError } from '#protocol/errors.ts'
import { MAX_MANIFEST, type PluginPermissions } from '#protocol/plugins.ts'
import { fileError } from '../models/files.ts'
import { nearest } from '../nearest.ts'
import { depthOf, jsonFault } from './json-text.ts'
import { keyFindings, manifestFault, pathFaults } from './manifest-faults.ts'
import { withoutCredentials } from './requirements.ts'

export const CONTRACT_MANIFEST = 'manifest.json'
/** Levels of objects and lists in a manifest. */
export const MAX_MANIFEST_DEPTH = 32
/** Faults told at once: the rest are mostly the same mistake again. */
const MAX_FAULTS = 5

/** `manifest.json`, checked. docs/contract-plugins.md. */
export interface ContractManifest {
  readonly name: string
  readonly version: string
  readonly contract: string
  /** A file of the folder, with `/`, or a module of Python. */
  readonly entryPoint: string
  /** The name, where none is given for people. */
  readonly displayName: string
  readonly description: string
  readonly author: string
  readonly license: string
  readonly homepage: string
  readonly dependencies: readonly string[]
  readonly configSchema?: JsonSchema
  /** Empty for what is run by what it is. */
  readonly interpreter: readonly string[]
  /** Empty for all. */
  readonly platform: readonly string[]
  readonly env: readonly string[]
  readonly permissions: PluginPermissions
  readonly build?: readonly string[]
  /** Milliseconds. */
  readonly initializeTimeout: number
  readonly callTimeout: number
  /** Milliseconds without a call; 0 keeps it loaded, absent leaves it to the host. */
  readonly idleUnload?: number
}

export interface ManifestReading {
  readonly manifest: ContractManifest
  /** What is odd and no hindrance, in sentences. */
  readonly notes: readonly string[]
}

/** @param folder of the plugin @throws SeamError, in sentences that name the file */
export function readContractManifest(folder: string): ManifestReading {
  const path = join(folder, CONTRACT_MANIFEST)
  try {
    // What a link leads to counts: a pipe or a device behind it would be read for ever.
    const stat = statSync(path)
    if (!stat.isFile())
      throw new SeamError('bad-input', `${path} is no file. Put the manifest there, as a file of text.`)
    if (stat.size > MAX_MANIFEST) {
      throw new SeamError('bad-input', `${path} has ${stat.size} bytes; a manifest may have ${MAX_MANIFEST}.`)
    }
    const text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path))
    return parseContractManifest(text, path, basename(folder))
  } catch (error) {
    if (error instanceof TypeError) throw new SeamError('bad-input', `${path} is not UTF-8. Save it as UTF-8.`)
    throw fileError(error, path, 'read')
  }
}

/**
 * @param where names the file in messages
 * @param folder the name that the manifest must have
 * @throws SeamError bad-input
 */
export function parseContractManifest(text: string, where: string, folder: string): ManifestReading {
  const raw = readObject(text, where)
  const { faults, notes } = keyFindings(raw)
  const parsed = rawContractManifest.safeParse(raw)
  if (parsed.success) faults.push(...meaningFaults(parsed.data, folder))
  // A key that is one letter off is also a key that is missing: the first says more.
  else faults.push(...parsed.error.issues.map(issue => manifestFault(issue, raw)))
  if (!parsed.success || faults.length > 0) {
    throw new SeamError('bad-input', `${where}: ${faults.slice(0, MAX_FAULTS).join(' ')}`)
  }
  return { manifest: manifestOf(parsed.data), notes: [...notes, ...contractNotes(parsed.data.contract)] }
}

function readObject(text: string, where: string): Readonly<Record<string, unknown>> {
  let raw: unknown
  try {
    raw = JSON.parse(text)
  } catch (error) {
    throw new SeamError('bad-input', `${where} is not JSON: ${jsonFault(text, error)}`)
  }
  if (raw === null || typeof raw !== 'object' || Array.isArray(raw)) {
    throw new SeamError('bad-input', `${where} must hold one object of JSON, between “{” and “}”.`)
  }
  if (depthOf(raw, MAX_MANIFEST_DEPTH) > MAX_MANIFEST_DEPTH) {
    throw new SeamError('bad-input', `${where} is nested more than ${MAX_MANIFEST_DEPTH} levels deep.`)
  }
  return raw as Record<string, unknown>
}

function meaningFaults({ name, entry_point: entry, dependencies = [] }: RawContractManifest, folder: string): string[] {
  return [
    ...pathFaults('entry_point', entry),
    ...(folder === name ? [] : [`The name is “${name}”, and the folder is “${folder}”: both must be the same.`]),
    // Options of pip would lead it elsewhere than to packages.
    ...dependencies
      .filter(text => !/^[A-Za-z0-9]/.test(text) || /[\r\n]/.test(text))
      .map(text => JSON.stringify(withoutCredentials(text).slice(0, 60)))
      .map(text => `“dependencies” has ${text}: the name of a package is needed first.`),
  ]
}

function contractNotes(contract: string): string[] {
  if ((KNOWN_CONTRACTS as readonly string[]).includes(contract)) return []
  const meant = nearest(contract, KNOWN_CONTRACTS)
  return [
    `No room uses the contract “${contract}”: its methods can be called, and nothing more.` +
      (meant ? ` Did you mean “${meant}”?` : ` Rooms use ${KNOWN_CONTRACTS.join(', ')}.`),
  ]
}

function manifestOf(given: RawContractManifest): ContractManifest {
  const { interpreter, permissions } = given
  return {
    name: given.name,
    version: given.version,
    contract: given.contract,
    entryPoint: given.entry_point,
    displayName: given.display_name ?? given.name,
    description: given.description ?? '',
    author: given.author ?? '',
    license: given.license ?? '',
    homepage: given.homepage ?? '',
    dependencies: given.dependencies ?? [],
    ...(given.config_schema && { configSchema: given.config_schema }),
    interpreter: interpreter === undefined ? [] : [interpreter].flat(),
    platform: given.platform ?? [],
    env: given.env ?? [],
    permissions: {
      network: permissions?.network ?? false,
      gpu: permissions?.gpu ?? false,
      read: permissions?.read ?? [],
    },
    ...(given.build && { build: given.build }),
    initializeTimeout: (given.initialize_timeout ?? 30) * 1000,
    callTimeout: (given.call_timeout ?? 120) * 1000,
    ...(given.idle_unload !== undefined && { idleUnload: given.idle_unload * 1000 }),
  }
}
