import type { ModelStore, PcmStore, StorageMeter } from './types.ts'

/** Firefox and Safari tell no more than a sum; Chromium also tells which kind of storage holds what. */
type DetailedEstimate = StorageEstimate & { readonly usageDetails?: Readonly<Record<string, number>> }

/**
 * What is used and what the browser grants. Sound and models are counted exactly; projects are what IndexedDB holds,
 * or, where the browser does not tell, what remains of the sum.
 */
export function openStorageMeter({ pcm, models }: { pcm: PcmStore; models: ModelStore }): StorageMeter {
  return {
    async estimate() {
      const [whole, audio, weights] = await Promise.all([estimate(), pcm.size(), models.size()])
      const onDisk = (pcm.durable ? audio : 0) + weights
      const used = Math.max(whole.usage ?? 0, onDisk)
      const projects = whole.usageDetails?.indexedDB ?? (whole.usage === undefined ? 0 : Math.max(0, used - onDisk))
      return { used, quota: whole.quota ?? 0, projects, audio, models: weights }
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
