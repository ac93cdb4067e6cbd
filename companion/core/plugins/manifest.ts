import { readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parse, TomlError } from 'smol-toml'
import { SeamError } from '#protocol/errors.ts'
import { manifestSchema, type RawManifest } from '#protocol/plugin-manifest.ts'
import {
  MAX_MANIFEST,
  PLUGIN_PROTOCOLS,
  type OptionValue,
  type PluginOption,
  type PluginPermissions,
  type Stage,
} from '#protocol/plugins.ts'
import { fileError } from '../models/files.ts'
import { nearest } from '../nearest.ts'
import { parseMediaType, type MediaType } from './media-type.ts'
import { optionFaults } from './options.ts'
import { stageOf } from './stage.ts'

export const MANIFEST = 'plugin.toml'

/** A plugin's manifest, checked. docs/plugin-protocol.md, 7. */
export interface Manifest {
  readonly name: string
  readonly version: string
  readonly protocol: string
  /** Relative to the folder, with `/`. */
  readonly entrypoint: string
  readonly interpreter: readonly string[]
  readonly mode: 'streaming' | 'batch'
  readonly input: readonly MediaType[]
  readonly output: readonly MediaType[]
  readonly stage: Stage
  readonly options: Readonly<Record<string, PluginOption>>
  readonly description: string
  readonly license: string
  readonly homepage: string
  readonly author: string
  readonly platform: readonly string[]
  readonly env: readonly string[]
  readonly permissions: PluginPermissions
  /** Milliseconds. */
  readonly startupTimeout: number
  readonly idleTimeout: number
  readonly maxInputBytes: number
  readonly build: readonly string[] | undefined
  readonly test: { readonly input: string | undefined; readonly options: Readonly<Record<string, OptionValue>> }
}

const MiB = 1024 * 1024
/** Faults told at once: the rest are mostly the same mistake again. */
const MAX_FAULTS = 5

/** @param folder of the plugin @throws SeamError, in sentences that name the file */
export function readManifest(folder: string): Manifest {
  const path = join(folder, MANIFEST)
  let text: string
  try {
    // What a link leads to counts: a pipe or a device behind it would be read for ever.
    const { size, isFile } = fileFacts(path)
    if (!isFile) throw new SeamError('bad-input', `${path} is no file. Put the manifest there, as a file of text.`)
    if (size > MAX_MANIFEST) {
      throw new SeamError('bad-input', `${path} has ${size} bytes; a manifest may have ${MAX_MANIFEST}.`)
    }
    text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path))
  } catch (error) {
    if (error instanceof TypeError) throw new SeamError('bad-input', `${path} is not UTF-8.`)
    throw fileError(error, path, 'read')
  }
  return parseManifest(text, path, basename(folder))
}

/**
 * @param where names the file in messages
 * @param folder the name that the manifest must have
 * @throws SeamError bad-input, unsupported (another revision of the protocol)
 */
export function parseManifest(text: string, where: string, folder?: string): Manifest {
  if (text.length > MAX_MANIFEST) {
    throw new SeamError('bad-input', `${where} has ${text.length} characters; a manifest may have ${MAX_MANIFEST}.`)
  }
  const raw = readToml(text, where)
  checkProtocol(raw, where)
  const parsed = manifestSchema.safeParse(raw)
  if (!parsed.success) {
    const said = parsed.error.issues.slice(0, MAX_FAULTS).map(issue => problem(issue, raw))
    throw new SeamError('bad-input', `${where}: ${said.join(' ')}`)
  }
  const given = parsed.data
  const faults = [
    ...pathFaults('entrypoint', given.entrypoint),
    ...(given.test?.input === undefined ? [] : pathFaults('test.input', given.test.input)),
    ...optionFaults(given.options ?? {}),
    ...(folder !== undefined && folder !== given.name
      ? [`The name is “${given.name}”, and the folder is “${folder}”: both must be the same.`]
      : []),
    ...(given.max_input_bytes !== undefined && given.mode === 'streaming'
      ? ['“max_input_bytes” has a meaning in batch mode only.']
      : []),
  ]
  const types = { input: given.input.map(readType), output: given.output.map(readType) }
  for (const type of [...types.input, ...types.output]) if (typeof type === 'string') faults.push(type)
  if (faults.length > 0) throw new SeamError('bad-input', `${where}: ${faults.slice(0, MAX_FAULTS).join(' ')}`)
  return manifestOf(given, types.input as MediaType[], types.output as MediaType[])
}

function fileFacts(path: string): { readonly size: number; readonly isFile: boolean } {
  const stat = statSync(path)
  return { size: stat.size, isFile: stat.isFile() }
}

function manifestOf(given: RawManifest, input: MediaType[], output: MediaType[]): Manifest {
  const { interpreter, permissions, test } = given
  return {
    name: given.name,
    version: given.version,
    protocol: given.protocol_version,
    entrypoint: given.entrypoint,
    interpreter: interpreter === undefined ? [] : [interpreter].flat(),
    mode: given.mode,
    input,
    output,
    stage: given.stage ?? stageOf(input[0]!, output[0]!),
    options: given.options ?? {},
    description: given.description ?? '',
    license: given.license ?? '',
    homepage: given.homepage ?? '',
    author: given.author ?? '',
    platform: given.platform ?? [],
    env: given.env ?? [],
    permissions: {
      network: permissions?.network ?? false,
      gpu: permissions?.gpu ?? false,
      read: permissions?.read ?? [],
    },
    startupTimeout: (given.startup_timeout ?? 60) * 1000,
    idleTimeout: (given.idle_timeout ?? 120) * 1000,
    maxInputBytes: given.max_input_bytes ?? 64 * MiB,
    build: given.build,
    test: { input: test?.input, options: test?.options ?? {} },
  }
}

function readToml(text: string, where: string): Record<string, unknown> {
  try {
    return parse(text)
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const why = error.message.split('\n')[0]
    throw new SeamError('bad-input', `${where} can’t be read: line ${error.line}, column ${error.column}: ${why}`)
  }
}

/** Before everything else: a manifest of another revision may look quite different. */
function checkProtocol(raw: Record<string, unknown>, where: string): void {
  const { protocol_version: version } = raw
  if (typeof version !== 'string' || (PLUGIN_PROTOCOLS as readonly string[]).includes(version)) return
  throw new SeamError(
    'unsupported',
    `${where} speaks revision “${version.slice(0, 16)}” of the plugin protocol; this Voxloom speaks ${PLUGIN_PROTOCOLS.join(' and ')}.`,
  )
}

const readType = (text: string): MediaType | string => {
  try {
    return parseMediaType(text)
  } catch (error) {
    return (error as Error).message
  }
}

/** A path that stays in the folder on every system. */
function pathFaults(key: string, path: string): string[] {
  const parts = path.split('/')
  const leaves = path.startsWith('/') || /[\\:\0]/.test(path) || parts.includes('..') || parts.includes('')
  return leaves
    ? [`“${key}” is “${path.slice(0, 80)}”: a path inside the folder is needed, with “/” and without “..”.`]
    : []
}

interface Issue {
  readonly code?: string | undefined
  readonly path: readonly PropertyKey[]
  readonly message: string
  readonly keys?: readonly string[]
}

/** Keys of the manifest's tables, by the first part of their place. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  '': Object.keys(manifestSchema.shape),
  options: ['type', 'default', 'required', 'enum', 'min', 'max', 'description'],
  permissions: ['network', 'gpu', 'read'],
  test: ['input', 'options'],
}

/** One finding of the schema as a sentence. */
function problem(issue: Issue, raw: unknown): string {
  const at = issue.path.map(String).join('.').slice(0, 80)
  if (issue.code === 'unrecognized_keys' && issue.keys) {
    const known = KEYS[String(issue.path[0] ?? '')] ?? []
    return issue.keys
      .slice(0, MAX_FAULTS)
      .map(key => {
        const meant = nearest(key, known)
        const name = `${at ? `${at}.` : ''}${key}`
        return `There is no key “${name.slice(0, 80)}”.${meant ? ` Did you mean “${meant}”?` : ''}`
      })
      .join(' ')
  }
  const value = issue.path.reduce<unknown>(
    (inner, key) =>
      inner !== null && typeof inner === 'object' ? (inner as Record<PropertyKey, unknown>)[key] : undefined,
    raw,
  )
  if (value === undefined) return `“${at}” is missing.`
  // One level deep: a table in a table in a table has no end.
  const shown = String(
    JSON.stringify(value, (_, inner: unknown) => (inner === value || Object(inner) !== inner ? inner : '…')),
  )
  return `“${at}” is ${shown.length > 60 ? `${shown.slice(0, 57)}…` : shown}: ${issue.message.replace(/\.$/, '')}.`
}
