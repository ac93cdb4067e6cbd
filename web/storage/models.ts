import { SeamError, toSeamError } from '#protocol/errors.ts'
import type { ModelEntry, ModelSource, ModelVariant } from '#protocol/models.ts'
import type { Run } from '#protocol/run.ts'
import { freeBytes, quotaError, throwIfCancelled } from './errors.ts'
import { sha256, streamingSha256 } from './hash.ts'
import { openModelCache, type Head, type ModelCache } from './model-cache.ts'
import { downloadFile } from './model-download.ts'
import { PART_BYTES } from './model-partial.ts'
import { encodePath, findFile, targetsOf, wantedFiles, type WantedFile } from './model-sources.ts'
import type { ModelState, ModelStore } from './types.ts'

export interface ModelStoreOptions {
  /** Kinds of sources that may be asked; default companion, then hub, in the order that the catalogue lists. */
  readonly sources?: readonly ModelSource['kind'][]
  readonly fetch?: typeof fetch
  readonly hubBase?: string
  /** Default: the page's own origin. A function is asked at each download. */
  readonly companionBase?: string | (() => string | undefined)
  /** Name of the cache; also of the locks. */
  readonly name?: string
  /** Size of the parts that files are kept in. */
  readonly partBytes?: number
  /** Milliseconds before the first retry. */
  readonly retryDelay?: number
  /** Milliseconds without a byte after which a connection counts as cut. */
  readonly stallTimeout?: number
}

/** Files fetched at the same time: voices are small, and each costs a round trip or two. */
const LANES = 3
/** Derived files live beside the models, where no model can be called. */
const DERIVED = '/models/.derived'

/**
 * Weights in the Cache API, checked as they arrive. Page and workers may use it at once: each file is fetched under a
 * lock that all tabs share, and a file appears only when all of it is there and its hash is right.
 * @throws SeamError unsupported where there is no Cache API
 */
export async function openModelStore(options: ModelStoreOptions = {}): Promise<ModelStore> {
  if (typeof caches === 'undefined') {
    throw new SeamError(
      'unsupported',
      'This browser offers no Cache API here, so models cannot be kept. Open the page over https or from localhost.',
    )
  }
  const { origin } = self.location
  const cache = await openModelCache(options.name)
  const lockName = options.name ?? 'voxloom-models'
  const partBytes = options.partBytes ?? PART_BYTES
  const sourceOptions = {
    kinds: options.sources ?? ['companion', 'hub'],
    hubBase: (options.hubBase ?? 'https://huggingface.co').replace(/\/$/, ''),
    origin,
  }
  const companionBase = () => {
    const { companionBase: base } = options
    return ((typeof base === 'function' ? base() : base) ?? origin).replace(/\/$/, '')
  }
  const folderOf = (model: ModelEntry) => `/models/${encodeURIComponent(model.id)}/`
  const addressOf = (model: ModelEntry, path: string) => folderOf(model) + encodePath(path)
  const derivedAddress = (key: string) => `${DERIVED}/${encodePath(key)}`

  const lookAt = async (model: ModelEntry, { file }: WantedFile): Promise<FileState> => {
    const address = addressOf(model, file.path)
    const head = await cache.head(address)
    const parts = await cache.parts(address, file.sha256)
    const have = parts.reduce((sum, part) => sum + part.bytes, 0)
    // An older edition of the file counts as absent.
    if (head?.sha256 !== file.sha256) return { have: Math.min(have, file.bytes), state: 'absent' }
    if (head.damaged || have !== file.bytes) return { have, state: 'damaged', head }
    return { have, state: 'good', head }
  }

  const state = async (model: ModelEntry, variant: ModelVariant): Promise<ModelState> => {
    const wanted = wantedFiles(model, variant)
    const files = await Promise.all(wanted.map(each => lookAt(model, each)))
    const damaged = wanted.filter((_, index) => files[index]!.state === 'damaged').map(({ file }) => file.path)
    if (damaged.length > 0) return { state: 'damaged', files: damaged }
    const bytes = wanted.reduce((sum, { file }) => sum + file.bytes, 0)
    const have = files.reduce((sum, file) => sum + file.have, 0)
    if (files.every(file => file.state === 'good')) {
      const verifiedAt = files.map(file => file.head!.verifiedAt).sort()[0]
      return { state: 'ready', bytes, ...(verifiedAt === undefined ? {} : { verifiedAt }) }
    }
    return have === 0 ? { state: 'absent' } : { state: 'partial', have, bytes }
  }

  const locked = async <T>(what: string, lock: LockOptions, work: (held: boolean) => Promise<T>): Promise<T> => {
    if (!navigator.locks) return work(true)
    return (await navigator.locks.request(`${lockName}:${what}`, lock, held => work(held !== null))) as T
  }

  const pull = async (model: ModelEntry, variant: ModelVariant, run: Run = {}): Promise<void> => {
    const sources = { ...sourceOptions, companionBase: companionBase() }
    const wanted = wantedFiles(model, variant).map(each => ({
      ...each,
      targets: targetsOf(model, each, sources),
      address: addressOf(model, each.file.path),
    }))
    const total = wanted.reduce((sum, { file }) => sum + file.bytes, 0)
    const seen = await Promise.all(wanted.map(each => lookAt(model, each)))
    const have = new Map(wanted.map(({ address }, index) => [address, seen[index]!.have]))
    const done = () => [...have.values()].reduce((sum, bytes) => sum + bytes, 0)
    const report = throttled(() => run.onProgress?.({ done: done(), total, what: 'models.downloading' }))
    const free = await freeBytes()
    if (free !== undefined && free < total - done()) throw await quotaError(model.name, total - done())

    // The first failure stops the other lanes; what they had is kept.
    const failed = new AbortController()
    const signal = run.signal ? AbortSignal.any([run.signal, failed.signal]) : failed.signal
    const queue = wanted.filter((_, index) => seen[index]!.state !== 'good')
    const lane = async () => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        const { file, targets, address } = next
        await locked(address, { mode: 'exclusive', signal }, async () => {
          // Another tab may have finished it while we waited.
          const now = await lookAt(model, next)
          have.set(address, now.have)
          if (now.state === 'good') return
          if (now.state === 'damaged') await cache.drop(address)
          await downloadFile(cache, address, file, targets, {
            fetch: options.fetch ?? ((input, init) => fetch(input, init)),
            retryDelay: options.retryDelay ?? 500,
            stallTimeout: options.stallTimeout ?? 30_000,
            partBytes,
            signal,
            onBytes(bytes) {
              have.set(address, bytes)
              report()
            },
          })
        })
        have.set(address, file.bytes)
        report()
      }
    }
    report(true)
    let first: unknown
    await Promise.all(
      Array.from({ length: LANES }, () =>
        lane().catch((error: unknown) => {
          first ??= error
          failed.abort()
        }),
      ),
    )
    report.end()
    throwIfCancelled(run.signal)
    if (first !== undefined) throw toSeamError(first)
    report(true)
  }

  return {
    state,

    pull: async (model, variant, run) => {
      throwIfCancelled(run?.signal)
      await locked(model.id, { mode: 'shared' }, () => pull(model, variant, run))
    },

    async verify(model, variant, run = {}) {
      const wanted = wantedFiles(model, variant)
      const total = wanted.reduce((sum, { file }) => sum + file.bytes, 0)
      let done = 0
      for (const each of wanted) {
        const address = addressOf(model, each.file.path)
        await locked(address, { mode: 'exclusive' }, async () => {
          const { head, state } = await lookAt(model, each)
          if (!head || state === 'absent') return
          const good = state === 'good' && (await hashOf(cache, address, head.parts, run)) === head.sha256
          if (!good) await cache.drop(address)
          const { damaged: _, ...sound } = head
          await cache.putHead(
            address,
            good ? { ...sound, verifiedAt: new Date().toISOString() } : { ...sound, parts: 0, damaged: true },
          )
        })
        done += each.file.bytes
        run.onProgress?.({ done, total, what: 'models.verifying' })
      }
      return state(model, variant)
    },

    /** Derived files whose key begins with `<model id>/` go with the model. */
    async remove(model) {
      await locked(model.id, { mode: 'exclusive', ifAvailable: true }, async held => {
        if (!held) {
          throw new SeamError(
            'conflict',
            `${model.name} is being downloaded, here or in another tab. Nothing was removed; stop the download first.`,
          )
        }
        await cache.dropAll(folderOf(model))
        await cache.dropAll(derivedAddress(`${model.id}/`))
      })
    },

    async read(model, path) {
      const file = findFile(model, path)
      const address = addressOf(model, path)
      const head = file && (await cache.head(address))
      const bytes = head && !head.damaged && head.sha256 === file.sha256 && (await cache.read(address, head))
      if (!bytes) {
        throw new SeamError(
          'not-found',
          `The file ${path} of ${model.name} is not here. Download the model, then try again.`,
          {
            details: { model: model.id, file: path },
          },
        )
      }
      return bytes
    },

    async readDerived(key) {
      const address = derivedAddress(key)
      const head = await cache.head(address)
      const bytes = head && (await cache.read(address, head))
      if (!bytes || (await sha256(bytes)) !== head.sha256) return undefined
      return bytes
    },

    async writeDerived(key, bytes) {
      const address = derivedAddress(key)
      await locked(address, { mode: 'exclusive' }, async () => {
        const digest = await sha256(bytes)
        await cache.drop(address)
        let parts = 0
        for (let at = 0; at < bytes.length; at += partBytes) {
          await cache.putPart(address, parts++, bytes.slice(at, at + partBytes), { sha256: digest })
        }
        const verifiedAt = new Date().toISOString()
        await cache.putHead(address, { sha256: digest, bytes: bytes.length, parts, verifiedAt })
      })
    },

    size: () => cache.size(),
  }
}

interface FileState {
  readonly state: 'absent' | 'damaged' | 'good'
  /** Bytes that are here. */
  readonly have: number
  readonly head?: Head
}

async function hashOf(cache: ModelCache, address: string, parts: number, run: Run): Promise<string | undefined> {
  const hash = await streamingSha256()
  for (let index = 0; index < parts; index++) {
    throwIfCancelled(run.signal)
    const bytes = await cache.readPart(address, index)
    if (!bytes) return undefined
    hash.update(bytes)
  }
  return hash.digest()
}

/** Calls `report` at most every 50 ms, or now when `force` says so: a download has thousands of chunks. */
function throttled(report: () => void): { (force?: boolean): void; end(): void } {
  let last = Number.NEGATIVE_INFINITY
  let timer: ReturnType<typeof setTimeout> | undefined
  const now = () => {
    clearTimeout(timer)
    timer = undefined
    last = performance.now()
    report()
  }
  const call = (force?: boolean) => {
    const wait = last + 50 - performance.now()
    if (force || wait <= 0) now()
    else timer ??= setTimeout(now, wait)
  }
  return Object.assign(call, { end: () => clearTimeout(timer) })
}
