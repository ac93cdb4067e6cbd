import { SeamError } from '#protocol/errors.ts'
import type { Run } from '#protocol/run.ts'
import { storageError, throwIfCancelled } from './errors.ts'
import { hasOpfs, isMissing } from './pcm-files.ts'
import type { KeptSound, SoundWriter } from './types.ts'

/** Seconds of a recording that a crash may cost: sound is kept in parts of this length. */
export const PART_SECONDS = 4

/** The sound of transcripts: a folder for each, with the file as it came, and the parts of its samples. */
export interface SoundFolders {
  readonly durable: boolean
  keepFile(id: string, file: Blob, run: Run): Promise<void>
  writer(id: string, sampleRate: number): Promise<SoundWriter>
  read(id: string): Promise<KeptSound>
  remove(id: string): Promise<void>
  ids(): Promise<readonly string[]>
  size(): Promise<number>
}

const FILE = 'file'
/** `pcm-000012-48000`: which part, and its rate. */
const PART = /^pcm-\d{6}-(\d+)$/
const partName = (index: number, sampleRate: number) => `pcm-${String(index).padStart(6, '0')}-${sampleRate}`

/** Where the files of one transcript lie. */
interface Folder {
  put(name: string, data: Blob | Uint8Array<ArrayBuffer>, run?: Run): Promise<void>
  get(name: string): Promise<Blob | undefined>
  names(): Promise<readonly string[]>
  remove(name: string): Promise<void>
}

interface Folders {
  readonly durable: boolean
  /** Without `create`, undefined for one that is not there. */
  folder(id: string, create: boolean): Promise<Folder | undefined>
  remove(id: string): Promise<void>
  ids(): Promise<readonly string[]>
}

/** @param name of the folder in the browser's own storage */
export async function openSoundFolders(name: string): Promise<SoundFolders> {
  const folders = (await hasOpfs()) ? await opfsFolders(name).catch(memoryFolders) : memoryFolders()
  return {
    durable: folders.durable,
    ids: () => folders.ids(),
    remove: id => folders.remove(id),

    async keepFile(id, file, run) {
      const folder = await folders.folder(id, true)
      try {
        await folder!.put(FILE, file, run)
      } catch (error) {
        if (run.signal?.aborted) throw new SeamError('cancelled', 'Cancelled.', { cause: error })
        throw await storageError(error, 'the sound', file.size)
      }
    },

    async writer(id, sampleRate) {
      const folder = (await folders.folder(id, true))!
      for (const name of await folder.names()) if (PART.test(name)) await folder.remove(name)
      return soundWriter(folder, sampleRate)
    },

    async read(id) {
      const folder = await folders.folder(id, false)
      if (!folder) return {}
      const file = await folder.get(FILE)
      const parts = (await folder.names()).filter(name => PART.test(name)).toSorted()
      const samples = await Promise.all(parts.map(name => folder.get(name)))
      const sampleRate = Number(PART.exec(parts[0] ?? '')?.[1])
      return {
        ...(file && { file }),
        ...(parts.length > 0 && { pcm: { samples: new Blob(samples.filter(part => part !== undefined)), sampleRate } }),
      }
    },

    async size() {
      let bytes = 0
      for (const id of await folders.ids()) {
        const folder = await folders.folder(id, false)
        for (const name of (await folder?.names()) ?? []) bytes += (await folder?.get(name))?.size ?? 0
      }
      return bytes
    },
  }
}

/** Parts that may wait to be written before whoever records is asked to wait. */
const MOST_WAITING = 8

function soundWriter(folder: Folder, sampleRate: number): SoundWriter {
  const room = PART_SECONDS * sampleRate
  let part = new Int16Array(room)
  let filled = 0
  let index = 0
  let frames = 0
  let waiting = 0
  let failure: unknown
  let writing = Promise.resolve()

  const send = () => {
    if (filled === 0) return
    const bytes = new Uint8Array(part.buffer, 0, filled * 2)
    const name = partName(index++, sampleRate)
    part = new Int16Array(room)
    filled = 0
    waiting++
    writing = writing
      .then(() => folder.put(name, bytes))
      .catch(error => void (failure ??= error))
      .finally(() => waiting--)
  }
  const settle = async () => {
    await writing
    if (failure !== undefined) throw await storageError(failure, 'the recording', room * 2)
  }

  return {
    get seconds() {
      return frames / sampleRate
    },
    async write({ samples, channels }) {
      for (let at = 0; at + channels <= samples.length; at += channels) {
        const mixed = channels === 2 ? (samples[at]! + samples[at + 1]!) / 2 : samples[at]!
        part[filled++] = Math.max(-32_768, Math.min(32_767, Math.round(mixed * 32_767)))
        frames++
        if (filled === room) send()
      }
      if (waiting > MOST_WAITING || failure !== undefined) await settle()
    },
    async flush() {
      send()
      await settle()
    },
  }
}

async function opfsFolders(name: string): Promise<Folders> {
  const root = await (await navigator.storage.getDirectory()).getDirectoryHandle(name, { create: true })
  return {
    durable: true,
    async folder(id, create) {
      try {
        return opfsFolder(await root.getDirectoryHandle(id, { create }))
      } catch (error) {
        if (!create && isMissing(error)) return undefined
        throw error
      }
    },
    async remove(id) {
      try {
        await root.removeEntry(id, { recursive: true })
      } catch (error) {
        if (!isMissing(error)) throw error
      }
    },
    async ids() {
      const ids: string[] = []
      for await (const id of root.keys()) ids.push(id)
      return ids
    },
  }
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
          await data
            .stream()
            .pipeThrough(count)
            .pipeTo(stream, run?.signal ? { signal: run.signal } : {})
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
    async get(name) {
      try {
        return await (await handle.getFileHandle(name)).getFile()
      } catch (error) {
        if (isMissing(error)) return undefined
        throw error
      }
    },
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
  return {
    durable: false,
    async folder(id, create) {
      if (create && !all.has(id)) all.set(id, new Map())
      const files = all.get(id)
      if (!files) return undefined
      return {
        async put(name, data, run) {
          throwIfCancelled(run?.signal)
          files.set(name, data instanceof Blob ? data : new Blob([data]))
        },
        get: async name => files.get(name),
        names: async () => [...files.keys()],
        remove: async name => void files.delete(name),
      }
    },
    remove: async id => void all.delete(id),
    ids: async () => [...all.keys()],
  }
}
