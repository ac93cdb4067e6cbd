import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import { SeamError } from '#protocol/errors.ts'
import type { PcmChunk } from '#protocol/pcm.ts'
import { settled, storageError } from './errors.ts'
import { decodePcm, encodePcm, joinChunks } from './pcm-codec.ts'
import { hasOpfs, openPcmFiles, shardOf, SUFFIX, type PcmFiles } from './pcm-files.ts'
import { memoryPcmStore } from './pcm-memory.ts'
import type { PcmStore } from './types.ts'

/** What the index knows of a segment. A row is written after its file and removed before it: row, then file. */
interface Row {
  readonly bytes: number
  readonly samples: number
  readonly sampleRate: number
}

interface PcmSchema extends DBSchema {
  segments: { key: string; value: Row }
  meta: { key: 'sweptAt'; value: number }
}

export interface PcmStoreOptions {
  /** Name of the folder, the index and the locks. */
  readonly name?: string
}

const DAY = 86_400_000
const BATCH = 1_000

/**
 * Rendered sound: files in OPFS, found through an index in IndexedDB that all tabs share. What has no row in the index
 * is not there, so a crash in mid-write leaves nothing visible. Falls back to memory where the browser has no OPFS.
 */
export async function openPcmStore({ name = 'voxloom-pcm' }: PcmStoreOptions = {}): Promise<PcmStore> {
  if (typeof indexedDB === 'undefined' || !(await hasOpfs())) return memoryPcmStore()
  let files: PcmFiles
  let index: () => Promise<IDBPDatabase<PcmSchema>>
  try {
    files = await openPcmFiles(name)
    index = indexOf(name)
    await index()
  } catch {
    return memoryPcmStore()
  }
  const store = opfsStore(name, files, index)
  // Space that crashes left behind; nothing waits for it.
  void sweepOnceADay(name, index).catch(() => {})
  return store
}

/** The connection to the index, opened again when the browser closed it. */
function indexOf(name: string): () => Promise<IDBPDatabase<PcmSchema>> {
  let opening: Promise<IDBPDatabase<PcmSchema>> | undefined
  return () => {
    opening ??= openDB<PcmSchema>(name, 1, {
      upgrade(db) {
        db.createObjectStore('segments')
        db.createObjectStore('meta')
      },
      blocking(_current, _next, event) {
        ;(event.target as IDBDatabase).close()
        opening = undefined
      },
      terminated: () => (opening = undefined),
    })
    opening.catch(() => (opening = undefined))
    return opening
  }
}

function opfsStore(name: string, files: PcmFiles, index: () => Promise<IDBPDatabase<PcmSchema>>): PcmStore {
  const drop = async (keys: readonly string[]) => {
    const tx = (await index()).transaction('segments', 'readwrite', { durability: 'relaxed' })
    await settled(
      tx,
      keys.map(key => tx.store.delete(key)),
    )
    for (const key of keys) await files.remove(key)
  }

  return {
    durable: true,

    async has(key) {
      return (await (await index()).getKey('segments', key)) !== undefined
    },

    async which(keys) {
      const db = await index()
      if (keys.length < 50) {
        const found = await Promise.all(keys.map(key => db.getKey('segments', key)))
        return new Set(keys.filter((_, at) => found[at] !== undefined))
      }
      // One request for all keys in the range is far quicker than a request each.
      const sorted = [...keys].sort()
      const present = new Set(await db.getAllKeys('segments', IDBKeyRange.bound(sorted[0], sorted.at(-1))))
      return new Set(keys.filter(key => present.has(key)))
    },

    async get(key) {
      if ((await (await index()).getKey('segments', key)) === undefined) return undefined
      const bytes = await files.read(key)
      const pcm = bytes && decodePcm(bytes)
      // Damaged or gone: the segment is made anew.
      if (!pcm) await underLock(name, key, 'exclusive', () => dropDamaged(key))
      return pcm
    },

    async duration(key) {
      const row = await (await index()).get('segments', key)
      return row && row.samples / row.sampleRate
    },

    async put(key: string, chunks: readonly PcmChunk[]) {
      if (!/^[0-9A-Za-z_-]{1,128}$/.test(key)) {
        throw new SeamError('bad-input', `“${key}” cannot name stored sound: use letters, digits, “-” and “_”.`)
      }
      const pcm = joinChunks(chunks)
      const bytes = encodePcm(pcm)
      const row: Row = { bytes: bytes.length, samples: pcm.samples.length, sampleRate: pcm.sampleRate }
      try {
        await underLock(name, key, 'shared', async () => {
          await files.write(key, bytes)
          const tx = (await index()).transaction('segments', 'readwrite', { durability: 'relaxed' })
          await settled(tx, [tx.store.put(row, key)])
        })
      } catch (error) {
        throw await storageError(error, 'rendered sound', bytes.length)
      }
    },

    remove: drop,

    async *keys() {
      let after: string | undefined
      for (;;) {
        const range = after === undefined ? undefined : IDBKeyRange.lowerBound(after, true)
        const batch = await (await index()).getAllKeys('segments', range, BATCH)
        yield* batch
        if (batch.length < BATCH) return
        after = batch.at(-1)
      }
    },

    async size() {
      let bytes = 0
      for (const row of await (await index()).getAll('segments')) bytes += row.bytes
      return bytes
    },
  }

  /** Another tab may have written the segment anew in the meantime. */
  async function dropDamaged(key: string): Promise<void> {
    const bytes = await files.read(key)
    if (!bytes || !decodePcm(bytes)) await drop([key])
  }
}

/** Writers of a folder share its lock; whoever takes files away holds it alone. */
async function underLock<T>(name: string, key: string, mode: LockMode, work: () => Promise<T>): Promise<T> {
  if (!navigator.locks) return work()
  return (await navigator.locks.request(`${name}/${shardOf(key)}`, { mode }, work)) as T
}

async function sweepOnceADay(name: string, index: () => Promise<IDBPDatabase<PcmSchema>>): Promise<void> {
  const sweptAt = (await (await index()).get('meta', 'sweptAt')) ?? 0
  if (Date.now() - sweptAt < DAY) return
  await (await index()).put('meta', Date.now(), 'sweptAt')
  await sweepPcmStore(name)
}

/** Removes files that the index does not name. Folders that are being written to are left for the next time. */
export async function sweepPcmStore(name: string): Promise<void> {
  if (!navigator.locks) return
  const files = await openPcmFiles(name)
  const index = indexOf(name)
  for await (const { shard, names } of files.folders()) {
    await navigator.locks.request(`${name}/${shard}`, { ifAvailable: true }, async lock => {
      if (!lock) return
      for (const file of names) {
        const key = file.endsWith(SUFFIX) ? file.slice(0, -SUFFIX.length) : undefined
        if (key === undefined || (await (await index()).getKey('segments', key)) === undefined) {
          await files.removeName(shard, file)
        }
      }
    })
  }
  ;(await index()).close()
}
