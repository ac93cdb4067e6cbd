import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { open, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { Pipeline } from '../pipelines/cr.ts'
import type { PipelinePlan } from '../pipelines/execute.ts'

/** What is done to one part of a job's input, by whoever does it. */
export interface PartTask {
  /** Names the outcome: the same input through the same plugins gives the same name. */
  readonly key: string
  readonly pipeline: Pipeline
  readonly inputType: string
  readonly text: string
}

/** Does parts: here, or on other machines. */
export interface PartRunner {
  /** Parts that may be under way at once. */
  readonly width: number
  /** @returns the outcome, piece by piece @throws SeamError */
  run(task: PartTask, signal: AbortSignal): AsyncIterable<Uint8Array>
}

/** A pipeline in two: what is done to each part, and what is done once to all of them in their order. */
export interface Halves {
  readonly each: Pipeline
  readonly join: Pipeline | undefined
  /** Type of what parts become. */
  readonly between: string
}

/**
 * Where a pipeline can be taken in two: behind the last plugin whose outcomes can be put one behind the other, sound
 * without a header or text. Undefined when there is no such place.
 */
export function halvesOf(pipeline: Pipeline, plan: PipelinePlan): Halves | undefined {
  const outputs = plan.nodes.map(({ handshake }) => handshake.output_type)
  const lastPcm = outputs.findLastIndex(type => type.startsWith('audio/pcm'))
  const at = lastPcm >= 0 ? lastPcm : outputs.every(type => type.startsWith('text/')) ? outputs.length - 1 : -1
  if (at < 0 || plan.nodes.slice(0, at + 1).some(({ mode }) => mode === 'batch')) return undefined
  const rest = pipeline.nodes.slice(at + 1)
  return {
    each: { ...pipeline, nodes: pipeline.nodes.slice(0, at + 1) },
    join: rest.length > 0 ? { ...pipeline, nodes: rest } : undefined,
    between: outputs[at]!,
  }
}

/** @param hashes of the folders of the plugins, in their order: another version makes another outcome */
export function partKey(plan: PipelinePlan, hashes: readonly string[], count: number, text: string): string {
  const nodes = plan.nodes.slice(0, count).map(({ plugin, handshake }, at) => [plugin, hashes[at], handshake])
  return createHash('sha256').update(JSON.stringify(nodes)).update('\0').update(text).digest('hex')
}

/** Days that outcomes of jobs that did not end well are kept. */
const KEPT_DAYS = 7

/** Outcomes of parts by their keys: a job that is begun again makes only what is missing. */
export class StageFiles {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  }

  path(key: string): string {
    return join(this.#folder, key)
  }

  async has(key: string): Promise<boolean> {
    return (await stat(this.path(key)).catch(() => undefined)) !== undefined
  }

  /** Keeps an outcome, whole or not at all. @returns bytes */
  async keep(key: string, pieces: AsyncIterable<Uint8Array>): Promise<number> {
    const draft = `${this.path(key)}.${process.pid}.part`
    const file = await open(draft, 'w', 0o600)
    let bytes = 0
    try {
      for await (const piece of pieces) {
        for (let at = 0; at < piece.length;) at += (await file.write(piece, at)).bytesWritten
        bytes += piece.length
      }
      await file.sync()
      await file.close()
      await rename(draft, this.path(key))
      return bytes
    } catch (error) {
      await file.close().catch(() => undefined)
      await rm(draft, { force: true })
      throw error
    }
  }

  /** Is still wanted: its days count from now. */
  async touch(key: string): Promise<void> {
    const now = new Date()
    await utimes(this.path(key), now, now).catch(() => undefined)
  }

  async remove(keys: readonly string[]): Promise<void> {
    for (const key of keys) await rm(this.path(key), { force: true })
  }

  /** Takes away what crashes left and what nobody came back for. */
  async sweep(): Promise<void> {
    const oldest = Date.now() - KEPT_DAYS * 86_400_000
    for (const name of await readdir(this.#folder)) {
      const path = join(this.#folder, name)
      const found = await stat(path).catch(() => undefined)
      if (found && (name.endsWith('.part') || found.mtimeMs < oldest)) await rm(path, { force: true })
    }
  }
}
