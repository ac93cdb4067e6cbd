import { mkdir, rm, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { ModelEntry, ModelFile, ModelSource, ModelVariant } from '#protocol/models.ts'
import type { Run } from '#protocol/run.ts'
import { SeamError } from '#protocol/errors.ts'
import { CATALOGUE, modelFiles } from '#engine/catalogue.ts'
import { nearest } from '../nearest.ts'
import { fetchGroup } from './fetch.ts'
import { checkFile, weightError, filePath, fileStamp, type FileState } from './files.ts'
import { Hub, type HubOptions } from './hub.ts'
import { withLock } from './lock.ts'
import { Stamps } from './stamps.ts'

export interface ModelStoreOptions {
  readonly folder: string
  readonly hub?: HubOptions
  /** Default: the product's own. */
  readonly catalogue?: readonly ModelEntry[]
}

interface VariantState {
  readonly id: string
  readonly device: ModelVariant['device']
  readonly dtype: ModelVariant['dtype']
  readonly bytes: number
  readonly complete: boolean
}

export interface ModelState {
  readonly id: string
  readonly name: string
  readonly task: ModelEntry['task']
  readonly licence: string
  /** All shared files and, where the model has variants, at least one of them. */
  readonly complete: boolean
  readonly isDefault: boolean
  /** Bytes of the model's files that are on disk. */
  readonly onDisk: number
  readonly variants: readonly VariantState[]
}

export interface FileReport {
  readonly path: string
  readonly bytes: number
  readonly state: FileState
}

export interface PullReport {
  readonly id: string
  readonly variant: string | undefined
  /** Bytes that had to be fetched; 0 when all was there. */
  readonly fetched: number
}

/** The companion's folder of weights: `<folder>/<model id>/<path>`, one hash-checked file beside another. */
export class ModelStore {
  readonly folder: string
  readonly catalogue: readonly ModelEntry[]
  readonly #hub: Hub

  constructor(options: ModelStoreOptions) {
    this.folder = options.folder
    this.catalogue = options.catalogue ?? CATALOGUE
    this.#hub = new Hub(options.hub)
  }

  /** @throws SeamError not-found, with the nearest name */
  entry(id: string): ModelEntry {
    const entry = this.catalogue.find(candidate => candidate.id === id)
    if (entry) return entry
    const ids = this.catalogue.map(candidate => candidate.id)
    const meant = nearest(id, ids)
    const hint = meant ? `Did you mean “${meant}”?` : `There are ${ids.join(', ')}.`
    throw new SeamError('not-found', `There is no model “${id}”. ${hint}`)
  }

  /** What the catalogue says of one file. */
  file(id: string, path: string): ModelFile | undefined {
    const entry = this.catalogue.find(candidate => candidate.id === id)
    return entry && modelFiles(entry).find(candidate => candidate.path === path)
  }

  /** Where a catalogued file is, when it is there with its full size; undefined else. Its hash is not read. */
  async locate(id: string, path: string): Promise<string | undefined> {
    const file = this.file(id, path)
    if (!file) return undefined
    const full = filePath(this.folder, id, path)
    return (await fileStamp(full))?.size === file.bytes ? full : undefined
  }

  /** What is there, by the last check of each file; nothing is read in full. */
  async list(): Promise<readonly ModelState[]> {
    return Promise.all(this.catalogue.map(entry => this.state(entry.id)))
  }

  async state(id: string): Promise<ModelState> {
    const entry = this.entry(id)
    const stamps = await Stamps.open(join(this.folder, id))
    const complete = async (files: readonly ModelFile[]) =>
      (await Promise.all(files.map(file => this.#holds(id, file, stamps)))).every(Boolean)
    const variants = await Promise.all(
      entry.variants.map(async variant => ({
        id: variant.id,
        device: variant.device,
        dtype: variant.dtype,
        bytes: total(variant.files),
        complete: await complete(variant.files),
      })),
    )
    const sizes = await Promise.all(
      modelFiles(entry).map(async file => (await fileStamp(filePath(this.folder, id, file.path)))?.size ?? 0),
    )
    return {
      id,
      name: entry.name,
      task: entry.task,
      licence: entry.licence,
      complete: (await complete(entry.shared)) && (variants.length === 0 || variants.some(variant => variant.complete)),
      isDefault: entry.isDefault ?? false,
      onDisk: sizes.reduce((sum, size) => sum + size, 0),
      variants,
    }
  }

  /**
   * Reads every file that is there and says which are right. Damaged files are named, not touched: `pull` repairs them.
   * Variants of which nothing is there are left out.
   */
  async verify(id: string, run: Run = {}): Promise<readonly FileReport[]> {
    const entry = this.entry(id)
    const chosen: string[] = []
    for (const variant of entry.variants) {
      const stamps = await Promise.all(variant.files.map(file => fileStamp(filePath(this.folder, id, file.path))))
      if (stamps.some(Boolean)) chosen.push(variant.id)
    }
    const files = modelFiles(entry, chosen)
    const stamps = await Stamps.open(join(this.folder, id))
    const reports: FileReport[] = []
    let done = 0
    for (const file of files) {
      const full = filePath(this.folder, id, file.path)
      const state = await checkFile(full, file, run.signal)
      if (state === 'complete') await stamps.add(file.path, full, file.sha256)
      else stamps.drop(file.path)
      reports.push({ path: file.path, bytes: file.bytes, state })
      run.onProgress?.({ done: (done += file.bytes), total: total(files), what: 'models.checking' })
    }
    if (reports.some(report => report.state !== 'missing')) await stamps.save()
    return reports
  }

  /**
   * Makes the model complete: checks what is there, repairs what is damaged, fetches what is missing. Without
   * `variant`, a variant that is there already will do; else those for `wasm` are tried in the catalogue's order.
   * @throws SeamError offline, not-found, unsupported, refused, integrity, quota, cancelled
   */
  async pull(id: string, run: Run & { readonly variant?: string } = {}): Promise<PullReport> {
    const entry = this.entry(id)
    const candidates = await this.#candidates(entry, run.variant)
    try {
      await mkdir(join(this.folder, id), { recursive: true })
    } catch (error) {
      throw weightError(error, join(this.folder, id), 'write')
    }
    return withLock(
      join(this.folder, id, '.lock'),
      async () => {
        const stamps = await Stamps.open(join(this.folder, id))
        const shared = await this.#missing(entry, entry.shared, stamps, run)
        let first = true
        let failure: unknown
        for (const variant of candidates) {
          const own = await this.#missing(entry, variant.files, stamps, run)
          const before = first ? total(shared) : 0
          const whole = before + total(own)
          await this.#room(whole)
          // Nothing works without these: when they can't be had, no other variant helps.
          if (first) await this.#fetch(entry, shared, entry.sharedSources, stamps, within(run, 0, whole))
          first = false
          try {
            await this.#fetch(entry, own, variant.sources, stamps, within(run, before, whole))
            return { id, variant: variant.id, fetched: total(shared) + total(own) }
          } catch (error) {
            failure = error
            if (error instanceof SeamError && (error.code === 'cancelled' || error.code === 'quota')) break
          }
        }
        if (failure !== undefined) throw failure
        await this.#room(total(shared))
        await this.#fetch(entry, shared, entry.sharedSources, stamps, run)
        return { id, variant: undefined, fetched: total(shared) }
      },
      run.signal,
    ).catch((error: unknown) => {
      throw weightError(error, join(this.folder, id))
    })
  }

  /**
   * Deletes a model, or one variant of it but for what another variant that is here reads, too. Returns how many bytes
   * that freed.
   */
  async remove(id: string, variant?: string): Promise<number> {
    const entry = this.entry(id)
    const root = join(this.folder, id)
    const files = variant === undefined ? modelFiles(entry) : await this.#filesOfItsOwn(entry, variant)
    if (!(await stat(root).catch(() => undefined))) return 0
    return withLock(join(root, '.lock'), async () => {
      const stamps = await Stamps.open(root)
      let freed = 0
      for (const file of files) {
        for (const full of [filePath(this.folder, id, file.path), `${filePath(this.folder, id, file.path)}.part`]) {
          freed += (await fileStamp(full))?.size ?? 0
          await rm(full, { force: true }).catch((error: unknown) => {
            throw weightError(error, full, 'delete')
          })
        }
        stamps.drop(file.path)
      }
      if (variant === undefined) {
        await rm(root, { recursive: true, force: true })
        // What was made from the weights, kept beside them.
        await rm(join(this.folder, '.derived', id), { recursive: true, force: true })
      } else await stamps.save()
      return freed
    })
  }

  async #filesOfItsOwn(entry: ModelEntry, id: string): Promise<readonly ModelFile[]> {
    const { files } = this.#variant(entry, id)
    const paths = new Set(files.map(({ path }) => path))
    const isHere = async ({ path }: ModelFile) => (await fileStamp(filePath(this.folder, entry.id, path))) !== undefined
    const kept = new Set<string>()
    for (const other of entry.variants) {
      if (other.id === id) continue
      const more = other.files.filter(({ path }) => !paths.has(path))
      const here = await Promise.all(more.map(isHere))
      if (here.includes(true)) for (const { path } of other.files) kept.add(path)
    }
    return files.filter(({ path }) => !kept.has(path))
  }

  async #holds(id: string, file: ModelFile, stamps: Stamps): Promise<boolean> {
    return stamps.holds(file.path, filePath(this.folder, id, file.path), file.sha256)
  }

  #variant(entry: ModelEntry, id: string): ModelVariant {
    const variant = entry.variants.find(candidate => candidate.id === id)
    if (variant) return variant
    const ids = entry.variants.map(candidate => candidate.id)
    throw new SeamError(
      'not-found',
      ids.length > 0
        ? `“${entry.id}” has no variant “${id}”; it has ${ids.join(', ')}.`
        : `“${entry.id}” has no variants.`,
    )
  }

  async #candidates(entry: ModelEntry, wanted: string | undefined): Promise<readonly ModelVariant[]> {
    if (wanted !== undefined) return [this.#variant(entry, wanted)]
    const here = entry.variants.filter(variant => variant.device !== 'webgpu')
    const present: ModelVariant[] = []
    for (const variant of here) {
      const sizes = await Promise.all(
        variant.files.map(async file => (await fileStamp(filePath(this.folder, entry.id, file.path)))?.size),
      )
      if (variant.files.every((file, at) => sizes[at] === file.bytes)) present.push(variant)
    }
    return [...present, ...here.filter(variant => !present.includes(variant))]
  }

  /** Those of `files` that are not there or not right; what was right all along is noted. Damaged ones are deleted. */
  async #missing(
    entry: ModelEntry,
    files: readonly ModelFile[],
    stamps: Stamps,
    run: Run,
  ): Promise<readonly ModelFile[]> {
    const missing: ModelFile[] = []
    for (const file of files) {
      if (await this.#holds(entry.id, file, stamps)) continue
      const full = filePath(this.folder, entry.id, file.path)
      const state = await checkFile(full, file, run.signal)
      if (state === 'complete') await stamps.add(file.path, full, file.sha256)
      else missing.push(file)
      // Out of the way, so that nobody speaks with damaged weights in the meantime.
      if (state === 'damaged') await rm(full, { force: true })
    }
    await stamps.save()
    return missing
  }

  async #fetch(
    entry: ModelEntry,
    files: readonly ModelFile[],
    sources: readonly ModelSource[],
    stamps: Stamps,
    run: Run,
  ): Promise<void> {
    if (files.length === 0) return
    try {
      await fetchGroup({ folder: this.folder, entry, files, sources, hub: this.#hub, stamps, run })
    } finally {
      await stamps.save()
    }
  }

  /** @throws SeamError quota, before a transfer that can't end well */
  async #room(need: number): Promise<void> {
    const space = await statfs(this.folder).catch(() => undefined)
    if (!space) return
    const free = space.bavail * space.bsize
    if (free >= need) return
    throw new SeamError(
      'quota',
      `${this.folder} has ${megabytes(free)} free, and ${megabytes(need)} are needed. Free some space, or choose another folder with VOXLOOM_MODELS.`,
      { details: { need, free } },
    )
  }
}

/** Progress of a part, told as progress of the whole. */
function within(run: Run, before: number, whole: number): Run {
  const { onProgress, signal } = run
  return {
    ...(signal && { signal }),
    ...(onProgress && {
      onProgress: progress => onProgress({ ...progress, done: before + progress.done, total: whole }),
    }),
  }
}

function total(files: readonly ModelFile[]): number {
  return files.reduce((sum, file) => sum + file.bytes, 0)
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`
}
