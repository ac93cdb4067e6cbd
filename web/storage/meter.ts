import { openFolders, sizeOf } from './folders.ts'
import type { ModelStore, PcmStore, StorageMeter } from './types.ts'

/** Firefox and Safari tell no more than a sum; Chromium also tells which kind of storage holds what. */
type DetailedEstimate = StorageEstimate & { readonly usageDetails?: Readonly<Record<string, number>> }

interface Measured {
  readonly pcm: PcmStore
  readonly models: ModelStore
  /** Names of the folders with the sound of transcripts and conversations. */
  readonly recordings: readonly string[]
}

/**
 * What is used and what the browser grants. Sound and models are counted exactly; projects (with all other texts) are
 * what IndexedDB holds, or, where the browser does not tell, what remains of the sum.
 */
export function openStorageMeter({ pcm, models, recordings: names }: Measured): StorageMeter {
  const recorded = async () => {
    const sizes = await Promise.all(names.map(async name => sizeOf(await openFolders(name))))
    return sizes.reduce((sum, size) => sum + size, 0)
  }
  return {
    async estimate() {
      const [whole, audio, weights, recordings] = await Promise.all([
        estimate(),
        pcm.size(),
        models.size(),
        recorded().catch(() => 0),
      ])
      const onDisk = (pcm.durable ? audio : 0) + weights + recordings
      const used = Math.max(whole.usage ?? 0, onDisk)
      const projects = whole.usageDetails?.indexedDB ?? (whole.usage === undefined ? 0 : Math.max(0, used - onDisk))
      return { used, quota: whole.quota ?? 0, projects, audio, recordings, models: weights }
    },

    async persisted() {
      return (await storageManager()?.persisted?.()) ?? false
    },

    async persist() {
      try {
        return (await storageManager()?.persist?.()) ?? false
      } catch {
        return false
      }
    },
  }
}

const storageManager = (): Partial<StorageManager> | undefined =>
  typeof navigator === 'undefined' ? undefined : navigator.storage

async function estimate(): Promise<DetailedEstimate> {
  try {
    return (await storageManager()?.estimate?.()) ?? {}
  } catch {
    return {}
  }
}
