import type { Run } from '#protocol/run.ts'
import { throwIfCancelled } from './errors.ts'
import { hasOpfs, isMissing } from './pcm-files.ts'

/** Where the files of one document lie. */
export interface Folder {
  /** All or nothing. */
  put(name: string, data: Blob | Uint8Array<ArrayBuffer>, run?: Run): Promise<void>
  get(name: string): Promise<Blob | undefined>
  names(): Promise<readonly string[]>
  remove(name: string): Promise<void>
}

/** A folder of files for each document. */
export interface Folders {
  /** False in a private window: files are then kept in memory until the tab closes. */
  readonly durable: boolean
  open(id: string): Promise<Folder>
  /** undefined for one that is not there. */
  find(id: string): Promise<Folder | undefined>
  remove(id: string): Promise<void>
  ids(): Promise<readonly string[]>
}

/** @param name of the folder in the browser's own storage that holds them */
export async function openFolders(name: string): Promise<Folders> {
  return (await hasOpfs()) ? opfsFolders(name).catch(memoryFolders) : memoryFolders()
}

/** Bytes of everything in them. */
export async function sizeOf(folders: Folders): Promise<number> {
  let bytes = 0
  for (const id of await folders.ids()) {
    const folder = await folders.find(id)
    const files = await Promise.all(((await folder?.names()) ?? []).map(name => folder?.get(name)))
    for (const file of files) bytes += file?.size ?? 0
  }
  return bytes
}

async function opfsFolders(name: string): Promise<Folders> {
  const root = await (await navigator.storage.getDirectory()).getDirectoryHandle(name, { create: true })
  return {
    durable: true,
    open: async id => opfsFolder(await root.getDirectoryHandle(id, { create: true })),
    find: id => root.getDirectoryHandle(id).then(opfsFolder, unlessMissing),
    remove: id => root.removeEntry(id, { recursive: true }).catch(unlessMissing),
    async ids() {
      const ids: string[] = []
      for await (const id of root.keys()) ids.push(id)
      return ids
    },
  }
}

function unlessMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error
}

function opfsFolder(handle: FileSystemDirectoryHandle): Folder {
  return {
    async put(name, data, run) {
      const stream = await (await handle.getFileHandle(name, { create: true })).createWritable()
      try {
        if (data instanceof Blob) {
          let done = 0
          const count = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
            transform(piece, out) {
              done += piece.length
              run?.onProgress?.({ done, total: data.size })
              out.enqueue(piece)
            },
          })
          // Aborted below, and waited for: a file that is still being let go of can't be removed.
          const how = { preventAbort: true, ...(run?.signal && { signal: run.signal }) }
          await data.stream().pipeThrough(count).pipeTo(stream, how)
        } else {
          await stream.write(data)
          await stream.close()
        }
      } catch (error) {
        await stream.abort().catch(() => {})
        await handle.removeEntry(name).catch(() => {})
        throw error
      }
    },
    get: name =>
      handle
        .getFileHandle(name)
        .then(file => file.getFile())
        .catch(unlessMissing),
    async names() {
      const names: string[] = []
      for await (const name of handle.keys()) names.push(name)
      return names
    },
    remove: name => handle.removeEntry(name),
  }
}

/** For as long as the tab lives, where the browser keeps no files. */
function memoryFolders(): Folders {
  const all = new Map<string, Map<string, Blob>>()
  const folderOf = (files: Map<string, Blob>): Folder => ({
    async put(name, data, run) {
      throwIfCancelled(run?.signal)
      files.set(name, data instanceof Blob ? data : new Blob([data]))
    },
    get: async name => files.get(name),
    names: async () => [...files.keys()],
    remove: async name => void files.delete(name),
  })
  return {
    durable: false,
    async open(id) {
      let files = all.get(id)
      if (!files) all.set(id, (files = new Map()))
      return folderOf(files)
    },
    async find(id) {
      const files = all.get(id)
      return files && folderOf(files)
    },
    remove: async id => void all.delete(id),
    ids: async () => [...all.keys()],
  }
}
