import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync } from 'node:fs'
import { open, readdir, rename, rm, stat, utimes, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import type { Pipeline } from '../pipelines/cr.ts'
import type { RunHooks } from '../pipelines/plugin-run.ts'

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
  /**
   * @param hooks told what the plugins say, as far as it comes back from where they run
   * @returns the outcome, piece by piece @throws SeamError
   */
  run(task: PartTask, signal: AbortSignal, hooks?: RunHooks): AsyncIterable<Uint8Array>
}

/** Days that outcomes of jobs that did not end well are kept. */
const KEPT_DAYS = 7

/**
 * Outcomes of parts by their keys: a job that is begun again makes only what is missing, and jobs that are at work at the
 * same time share what they have in common.
 */
export class StageFiles {
  readonly #folder: string
  /** How many need each outcome now. */
  readonly #needed = new Map<string, number>()
  /** The last in the row of those who are to make or remove each outcome. */
  readonly #rows = new Map<string, Promise<void>>()

  constructor(folder: string) {
    this.#folder = folder
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  }

  path(key: string): string {
    return join(this.#folder, key)
  }

  /** At once, so that parts are begun in the order in which they are asked for. */
  has(key: string): boolean {
    return existsSync(this.path(key))
  }

  /** Keeps an outcome, whole or not at all. The work on it begins at once. @returns bytes */
  async keep(key: string, pieces: AsyncIterable<Uint8Array>): Promise<number> {
    const draft = `${this.path(key)}.${randomUUID()}.part`
    let file: FileHandle | undefined
    let bytes = 0
    try {
      for await (const piece of pieces) {
        file ??= await open(draft, 'wx', 0o600)
        for (let at = 0; at < piece.length;) at += (await file.write(piece, at)).bytesWritten
        bytes += piece.length
      }
      file ??= await open(draft, 'wx', 0o600)
      await file.sync()
      await file.close()
      await rename(draft, this.path(key))
      return bytes
    } catch (error) {
      await file?.close().catch(() => undefined)
      await rm(draft, { force: true })
      throw error
    }
  }

  /** Is still wanted: its days count from now. */
  async touch(key: string): Promise<void> {
    const now = new Date()
    await utimes(this.path(key), now, now).catch(() => undefined)
  }

  /** Says that outcomes are needed: nobody takes them away then. @returns an end to it */
  hold(keys: readonly string[]): () => void {
    const add = (by: number) => {
      for (const key of keys) {
        const count = (this.#needed.get(key) ?? 0) + by
        if (count > 0) this.#needed.set(key, count)
        else this.#needed.delete(key)
      }
    }
    add(1)
    return () => add(-1)
  }

  /** Does something with an outcome when nobody else does. @throws the signal's reason, when that comes first */
  async alone<Result>(key: string, work: () => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    const before = this.#rows.get(key)
    const turn = Promise.withResolvers<void>()
    const row = (before ?? Promise.resolve()).then(() => turn.promise)
    this.#rows.set(key, row)
    void row.then(() => {
      if (this.#rows.get(key) === row) this.#rows.delete(key)
    })
    try {
      if (before) await orAborted(before, signal)
      return await work()
    } finally {
      turn.resolve()
    }
  }

  /** Takes outcomes away, those excepted that somebody needs. */
  async remove(keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      // Somebody is at work on it: whoever is the last will take it away.
      if (this.#needed.has(key)) continue
      await this.alone(key, async () => {
        if (!this.#needed.has(key)) await rm(this.path(key), { force: true })
      })
    }
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

function orAborted(wait: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal?.reason as Error)
    if (signal?.aborted) return stop()
    signal?.addEventListener('abort', stop, { once: true })
    void wait.then(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    })
  })
}
