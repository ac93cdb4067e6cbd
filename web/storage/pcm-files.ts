/** Files of sound in OPFS, in folders named by the first two characters of their key: a folder of 10,000 is slow. */
export interface PcmFiles {
  read(key: string): Promise<Uint8Array<ArrayBuffer> | undefined>
  /** Replaces the file in one step when all bytes are there; until then the old one, or none, is seen. */
  write(key: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>
  remove(key: string): Promise<void>
  /** Every file, whole or left over from a crash, folder by folder. */
  folders(): AsyncIterable<{ readonly shard: string; readonly names: readonly string[] }>
  removeName(shard: string, name: string): Promise<void>
}

export const SUFFIX = '.pcm'
export const shardOf = (key: string): string => key.slice(0, 2).padEnd(2, '_')

export async function openPcmFiles(folder: string): Promise<PcmFiles> {
  const origin = await navigator.storage.getDirectory()
  const root = await origin.getDirectoryHandle(folder, { create: true })
  const shards = new Map<string, Promise<FileSystemDirectoryHandle>>()

  const shard = (name: string): Promise<FileSystemDirectoryHandle> => {
    let handle = shards.get(name)
    if (!handle) {
      handle = root.getDirectoryHandle(name, { create: true })
      shards.set(name, handle)
      handle.catch(() => shards.delete(name))
    }
    return handle
  }

  const removeName = async (folderName: string, name: string) => {
    try {
      await (await shard(folderName)).removeEntry(name)
    } catch (error) {
      if (!isMissing(error)) throw error
    }
  }

  return {
    async read(key) {
      try {
        const handle = await (await shard(shardOf(key))).getFileHandle(key + SUFFIX)
        return new Uint8Array(await (await handle.getFile()).arrayBuffer())
      } catch (error) {
        // NotReadableError: replaced between getFile and the read; the caller may simply ask again.
        if (isMissing(error)) return undefined
        throw error
      }
    },

    async write(key, bytes) {
      const handle = await (await shard(shardOf(key))).getFileHandle(key + SUFFIX, { create: true })
      // The stream writes to a copy on the side and moves it over the file in close().
      const stream = await handle.createWritable()
      try {
        await stream.write(bytes)
        await stream.close()
      } catch (error) {
        await stream.abort().catch(() => {})
        // Chromium sometimes tells of a full disk only by hanging up; nothing else makes it do so.
        if (error instanceof DOMException && error.name === 'AbortError') {
          throw new DOMException(error.message, 'QuotaExceededError')
        }
        throw error
      }
    },

    remove: key => removeName(shardOf(key), key + SUFFIX),
    removeName,

    async *folders() {
      const names: string[] = []
      for await (const [name, handle] of root.entries()) if (handle.kind === 'directory') names.push(name)
      for (const name of names) {
        const files: string[] = []
        for await (const file of (await shard(name)).keys()) files.push(file)
        yield { shard: name, names: files }
      }
    },
  }
}

export function isMissing(error: unknown): boolean {
  return error instanceof DOMException && (error.name === 'NotFoundError' || error.name === 'NotReadableError')
}

/** Whether this page or worker can write to OPFS; private windows of some browsers can't. */
export async function hasOpfs(): Promise<boolean> {
  try {
    if (typeof FileSystemFileHandle === 'undefined' || !('createWritable' in FileSystemFileHandle.prototype))
      return false
    await navigator.storage.getDirectory()
    return true
  } catch {
    return false
  }
}
