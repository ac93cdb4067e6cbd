import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { SeamError, toSeamError } from '#protocol/errors.ts'
import type { Verification } from '#protocol/plugins.ts'
import { executePipeline } from '../pipelines/execute.ts'
import { planOrThrow } from '../pipelines/plan.ts'
import type { RunHooks } from '../pipelines/plugin-run.ts'
import { confinementMark } from '../sandbox/confine.ts'
import type { UsablePlugin } from './discovery.ts'
import { hashFolder } from './folder-hash.ts'
import { parseMediaType, type MediaType } from './media-type.ts'
import { outputFault, sampleInput } from './samples.ts'

/** Bytes that a tiny input may become. */
const MAX_OUTPUT = 64 * 1024 * 1024

export interface VerifyOptions extends RunHooks {
  readonly models: string
  readonly signal?: AbortSignal
}

/**
 * Starts a plugin, gives it a tiny input, and looks at what comes. docs/plugin-protocol.md, 12.
 * @returns bytes of output @throws SeamError with why it failed
 */
export async function tryPlugin(plugin: UsablePlugin, { models, signal, ...hooks }: VerifyOptions): Promise<number> {
  const { manifest } = plugin
  const inputType = concreteType(manifest.input[0]!)
  const plan = planOrThrow({
    pipeline: {
      name: 'verify',
      version: '1',
      description: '',
      nodes: [{ id: plugin.id, plugin: plugin.id, options: manifest.test.options }],
    },
    plugins: [plugin],
    inputType,
    models,
  })
  const sample = await sampleInput(inputType, manifest, plugin.folder)
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of executePipeline(plan, once(sample), { ...hooks, ...(signal && { signal }) })) {
    size += piece.length
    if (size > MAX_OUTPUT)
      throw new SeamError('engine', `The plugin “${plugin.id}” made more than 64 MiB of a tiny input.`)
    pieces.push(Buffer.from(piece))
  }
  const fault = outputFault(parseMediaType(plan.outputType), Buffer.concat(pieces))
  if (fault) throw new SeamError('engine', `The plugin “${plugin.id}” ${fault}`)
  return size
}

async function* once(bytes: Uint8Array) {
  if (bytes.length > 0) yield bytes
}

/** A type that a sample can be made of: wildcards become text, open PCM becomes 24 kHz mono. */
export function concreteType(type: MediaType): MediaType {
  if (type.name.endsWith('*'))
    return parseMediaType(type.name.startsWith('audio/') ? 'audio/pcm;rate=24000;channels=1' : 'text/plain')
  if (type.name !== 'audio/pcm') return type
  return { name: type.name, parameters: { rate: '24000', channels: '1', ...type.parameters } }
}

const keyOf = ({ folder, confinement }: UsablePlugin) => `${confinementMark(confinement)} ${folder}`

interface Entry extends Verification {
  readonly hash: string
}

/**
 * What is known of plugins that were tried, by the hash of their folders and by what confined them, so that each is
 * tried once. What works in the open may fail in a sandbox: the one says nothing of the other.
 */
export class VerificationCache {
  readonly #file: string
  #entries: Record<string, Entry> | undefined

  /** @param cacheFolder of the user */
  constructor(cacheFolder: string) {
    this.#file = join(cacheFolder, 'verified-plugins.json')
  }

  /** What is known of the plugin as it is now. */
  async known(plugin: UsablePlugin): Promise<Verification> {
    const entry = this.#read()[keyOf(plugin)]
    // A folder that can't be read is no reason to end a listing.
    const hash = entry && (await hashFolder(plugin.folder, plugin.manifest.entrypoint).catch(() => undefined))
    if (!entry || entry.hash !== hash) return { state: 'unknown' }
    return { state: entry.state, at: entry.at, message: entry.message }
  }

  /** Tries the plugin unless it was tried as it is now. Never throws but when cancelled: a failure is a result. */
  async verify(plugin: UsablePlugin, options: VerifyOptions & { readonly again?: boolean }): Promise<Verification> {
    if (!options.again) {
      const known = await this.known(plugin)
      // What failed for a reason outside of its folder (a missing interpreter) may do better now.
      if (known.state === 'verified') return known
    }
    const at = new Date().toISOString()
    let hash = ''
    let result: Verification
    try {
      hash = await hashFolder(plugin.folder, plugin.manifest.entrypoint)
      await tryPlugin(plugin, options)
      result = { state: 'verified', at }
    } catch (error) {
      const { code, message } = toSeamError(error)
      if (code === 'cancelled') throw error
      result = { state: 'failed', at, message }
    }
    this.#write({ ...this.#read(true), [keyOf(plugin)]: { ...result, hash } })
    return result
  }

  #read(again = false): Record<string, Entry> {
    if (this.#entries && !again) return this.#entries
    try {
      const data = JSON.parse(readFileSync(this.#file, 'utf8')) as unknown
      this.#entries = typeof data === 'object' && data !== null ? (data as Record<string, Entry>) : {}
    } catch {
      // Absent or damaged: everything is tried again.
      this.#entries = {}
    }
    return this.#entries
  }

  #write(entries: Record<string, Entry>): void {
    this.#entries = entries
    const draft = `${this.#file}.${randomUUID()}`
    try {
      mkdirSync(join(this.#file, '..'), { recursive: true })
      writeFileSync(draft, JSON.stringify(entries))
      renameSync(draft, this.#file)
    } catch {
      rmSync(draft, { force: true })
    }
  }
}
